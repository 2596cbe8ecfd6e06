import { createHash } from 'node:crypto';
import { blocks, type Choice, type ReportDocument, type Section } from '../document/block.js';
import { classes, hideable } from './hideable.js';
import { markup, trusted, type Markup } from './markup.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';
import { renderBlocks } from './render-block.js';
import { renderText } from './render-text.js';

/** One file that needs no other: the policy in its head forbids the browser to fetch anything. */
export function renderPage(document: ReportDocument): string {
  const { title, subtitle, opening, sections } = document;
  const contents = [...(opening.verdicts === undefined ? [] : [opening.verdicts]), ...sections];
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
${renderBanner(opening)}<nav class="contents" aria-label="Sections"><div class="page"><ul>${contents.map(({ id, short }) => markup`<li><a href="#${id}">${short}</a></li>`)}</ul></div></nav>
<main class="page">
${renderOpening(document)}${sections.map(renderSection)}</main>
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

function renderBanner({ banner }: ReportDocument['opening']): Markup | undefined {
  if (banner === undefined) return undefined;
  const { title, body } = banner;
  return markup`<div class="banner" role="note" aria-label="${title}"><div class="page"><p class="banner-title">${title}</p>${renderBlocks(body)}</div></div>
`;
}

function renderOpening({ opening, choices }: ReportDocument): Markup {
  const { answer, light, verdicts, figure, facts } = opening;
  const beside = blocks([light, figure, { kind: 'facts', facts }]);
  return markup`<div id="answer" class="answer" tabindex="-1">${answer.map((sentence) => markup`<p>${renderText(sentence)}</p>\n`)}</div>
${choices !== undefined && choices.contestants.length > 0 && renderChoices(choices)}<div class="opening${verdicts === undefined && ' single'}">
<div class="beside">
${renderBlocks(beside)}</div>
${
  verdicts !== undefined &&
  markup`<div class="verdict-box" id="${verdicts.id}"><h2>${verdicts.title}</h2>${renderBlocks(verdicts.body)}</div>\n`
}</div>
`;
}

/** Shown by the script, which alone can do what it offers. */
function renderChoices({ contestants, questions }: NonNullable<ReportDocument['choices']>): Markup {
  const boxes = (choices: readonly Choice[], whose: 'of' | 'question'): Markup[] =>
    choices.map(
      ({ id, label }) =>
        markup`<label><input type="checkbox" value="${hideable({ [whose]: id })}" checked autocomplete="off"> ${label}</label>\n`,
    );
  return markup`<details class="choose" id="choose" hidden><summary>Choose contestants and questions <output></output></summary>
<fieldset><legend>Contestants</legend>${boxes(contestants, 'of')}</fieldset>
<fieldset><legend>Questions</legend>${boxes(questions, 'question')}</fieldset>
<button type="button">Show all</button></details>
`;
}

function renderSection({ id, title, body, standin }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"${classes(standin && 'standin')}><h2 id="${id}-title">${title}</h2>
${renderBlocks(body)}</section>
`;
}
