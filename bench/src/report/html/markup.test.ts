import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hostileResults } from '../fixture/hostile-results.js';
import { buildReport } from '../sections/build-report.js';
import { escapeHtml, markup, trusted } from './markup.js';
import { renderPage } from './render-page.js';

describe('markup', () => {
  it('escapes text, keeps markup, joins lists', () => {
    assert.equal(
      markup`<p title="${'"'}">${['<', markup`<b>${'&'}</b>`]}${undefined}${trusted('<i>')}</p>`.text,
      '<p title="&quot;">&lt;<b>&amp;</b><i></p>',
    );
  });

  it('lets no text break out of an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.doesNotMatch(escapeHtml(text), /[<>"']/);
      }),
    );
  });
});

const HOSTILE = [
  '<script id="pwn">alert(1)</script>',
  '"><img id="pwn" src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</style></title><b id="pwn">',
  ']]>--><b id="pwn">',
  '${1+1}$&$`',
  '\u202Eevil\u0000\uD800',
];

describe('the page of hostile results', () => {
  for (const text of HOSTILE) {
    it(`holds ${JSON.stringify(text)} as text only`, () => {
      const page = renderPage(buildReport(hostileResults(text)));
      assertHarmless(page);
      assert.ok(page.includes(escapeHtml(text)), 'the text is there');
    });
  }

  it('is harmless with all of them at once', () => {
    assertHarmless(renderPage(buildReport(hostileResults(HOSTILE.join(' ')))));
  });
});

function assertHarmless(page: string): void {
  const found = (pattern: RegExp): string[] => page.match(pattern) ?? [];
  assert.deepEqual(found(/<(?:script|img|b) id="pwn"/g), []);
  assert.ok(!page.includes('\0') && !page.includes('\u202E'));
  assert.equal(found(/<script/g).length, 1);
  assert.equal(found(/<\/style>/g).length, 1);
  assert.equal(found(/<\/title>/g).length, 1);
  // With the values of attributes taken out, no tag may hold a handler.
  const bare = page.replace(/"[^"]*"/g, '""');
  assert.deepEqual(bare.match(/<[a-z][^<>]* on[a-z]+=/gi) ?? [], []);
}
