import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileResults } from '../fixture/hostile-results.js';
import { tableOf, text } from '../document/table.js';
import { buildReport } from '../sections/build-report.js';
import { codeSpan, escapeMarkdown } from './escape-markdown.js';
import { renderMarkdown } from './render-markdown.js';

describe('escapeMarkdown', () => {
  for (const [text, escaped] of [
    ['a|b', 'a\\|b'],
    ['<script>', '&lt;script&gt;'],
    ['*x* _y_ `z`', '\\*x\\* \\_y\\_ \\`z\\`'],
    ['[a](b)', '\\[a\\](b)'],
    ['one\ntwo', 'one two'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['http://example.test', 'http:\u200B//example.test'],
    ['plain text, 1.87×', 'plain text, 1.87×'],
  ] as const) {
    it(`makes plain text of ${JSON.stringify(text)}`, () => {
      assert.equal(escapeMarkdown(text), escaped);
    });
  }

  it('leaves one line and no unescaped pipe of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const made of [escapeMarkdown(text), codeSpan(text)]) {
          assert.doesNotMatch(made, /[\n\r]/);
          assert.doesNotMatch(made, /(?<!\\)(?:\\\\)*\|/);
        }
        assert.doesNotMatch(escapeMarkdown(text), /[<>]/);
      }),
    );
  });
});

describe('report.md of hostile results', () => {
  it('keeps its tables whole', () => {
    const made = renderMarkdown(buildReport(hostileResults('|\n| x |\n\n# y\n<img src=x>')));
    let columns = 0;
    for (const line of made.split('\n')) {
      if (!line.startsWith('|')) {
        columns = 0;
        continue;
      }
      const found = line.match(/(?<!\\)\|/g)?.length ?? 0;
      if (columns !== 0) assert.equal(found, columns, line);
      columns = found;
    }
    // What stands as code is text, whatever it holds.
    const prose = made.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
    assert.deepEqual(prose.match(/<img|^# y/gm) ?? [], []);
  });
});

describe('a table that is folded away', () => {
  const withRows = (count: number): string => {
    const table = tableOf('Many', [...Array(count).keys()], [text('Name', (row) => `row ${row}`)]);
    const body = [{ kind: 'details', summary: 'All', body: [table] }] as const;
    const document = { ...buildReport(hostileResults('x')), sections: [{ id: 's', title: 'S', short: 'S', body }] };
    return renderMarkdown(document);
  };

  it('stands in the text while it is short', () => {
    assert.match(withRows(100), /\| row 99 \|/);
  });

  it('is left to the page when it is long', () => {
    const long = withRows(101);
    assert.doesNotMatch(long, /\| row 0 \|/);
    assert.match(long, /\*\*Many:\*\* 101 rows, in \[report\.html\]\(\.\/report\.html\)/);
  });
});
