import { createHash } from 'node:crypto';
import type { Opening, ReportDocument, Section } from '../document/block.js';
import { hideable } from './hideable.js';
import { markup, trusted, type Markup } from './markup.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { renderBlock, renderFacts, renderFigure, type DrawingsOf } from './render-block.js';
import { renderTable } from './render-table.js';
import { renderText } from './render-text.js';

const NOTHING = trusted('');

/** One file that needs no other: the policy in its head forbids the browser to fetch anything. */
export function renderPage(document: ReportDocument, drawingsOf: DrawingsOf): string {
  const { title, subtitle, opening, sections, choices } = document;
  const contents = [
    ...(opening.verdicts === undefined ? [] : [{ id: opening.verdicts.id, short: 'Verdicts' }]),
    ...sections,
  ];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header class="masthead"><div class="page"><div><h1>${title}</h1><p>${subtitle}</p></div><button id="theme" type="button" hidden>Theme: auto</button></div></header>
${banner(opening)}<nav class="contents" aria-label="Sections"><div class="page"><ul>${contents.map(({ id, short }) => markup`<li><a href="#${id}">${short}</a></li>`)}</ul></div></nav>
<main class="page">
${renderOpening(opening, drawingsOf, choices)}${sections.map((section) => renderSection(section, drawingsOf))}</main>
<footer><div class="page">Drawn from results.json alone. How to read it: docs/report.md of the project.</div></footer>
<script>${trusted(PAGE_SCRIPT)}</script>
</body>
</html>
`.text;
}

function policy(): string {
  const script = createHash('sha256').update(PAGE_SCRIPT).digest('base64');
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${script}'; base-uri 'none'; form-action 'none'`;
}

function banner({ banner: told }: Opening): Markup {
  if (told === undefined) return NOTHING;
  return markup`<div class="banner" role="note" aria-label="${told.title}"><div class="page"><p class="banner-title">${told.title}</p><p>${renderText(told.text)}</p></div></div>
`;
}

function renderOpening(
  { answer, light, verdicts, figure, facts }: Opening,
  drawingsOf: DrawingsOf,
  choices: ReportDocument['choices'],
): Markup {
  return markup`<div id="answer" class="answer" tabindex="-1">${answer.map((sentence) => markup`<p>${renderText(sentence)}</p>\n`)}</div>
${renderChoices(choices)}<div class="opening${verdicts === undefined ? ' single' : ''}">
<div class="beside">
${renderLight(light)}${figure === undefined ? NOTHING : markup`<div class="figure-box">${renderFigure(figure, drawingsOf)}</div>\n`}<div class="fact-box">${renderFacts(facts)}</div>
</div>
${
  verdicts === undefined
    ? NOTHING
    : markup`<div class="verdict-box" id="${verdicts.id}"><h2>${verdicts.title}</h2><p class="tally">${renderText(verdicts.tally)}</p>${renderTable(verdicts.table, 'verdicts')}${verdicts.leftOut === undefined ? NOTHING : renderBlock(verdicts.leftOut, drawingsOf)}</div>\n`
}</div>
`;
}

/** Shown by the script, which alone can do what it offers. */
function renderChoices(choices: ReportDocument['choices']): Markup {
  if (choices === undefined || choices.contestants.length === 0) return NOTHING;
  const box = (value: string, label: string): Markup =>
    markup`<label><input type="checkbox" value="${value}" checked autocomplete="off"> ${label}</label>\n`;
  const contestants = choices.contestants.map(({ id, label }) => box(hideable({ of: id }), label));
  const questions = choices.questions.map(({ id, label }) => box(hideable({ question: id }), label));
  return markup`<details class="choose" id="choose" hidden><summary>Choose contestants and questions <output></output></summary>
<fieldset><legend>Contestants</legend>${contestants}</fieldset>
<fieldset><legend>Questions</legend>${questions}</fieldset>
<button type="button">Show all</button></details>
`;
}

function renderLight(light: Opening['light']): Markup {
  if (light === undefined) return NOTHING;
  const { tone, word, title, points } = light;
  return markup`<div class="light-box ${tone}" role="group" aria-label="Validity"><p class="light-title"><span class="lamp" aria-hidden="true"></span><span class="light-word">${word}:</span> ${title}</p><ul>${points.map((point) => markup`<li>${renderText(point)}</li>`)}</ul></div>
`;
}

function renderSection({ id, title, body, standin }: Section, drawingsOf: DrawingsOf): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"${standin === true ? trusted(' class="standin"') : NOTHING}><h2 id="${id}-title">${title}</h2>
${body.map((block) => renderBlock(block, drawingsOf))}</section>
`;
}
