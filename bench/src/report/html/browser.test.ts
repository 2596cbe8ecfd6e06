import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { emptyResults, fixtureResults, observedResults } from '../fixture/fixture-results.js';
import { hostileResults } from '../fixture/hostile-results.js';
import { buildReport } from '../sections/build-report.js';
import { unreadableTexts } from './testing/contrast-probe.js';
import { launchOptions } from './testing/launch-options.js';
import { renderPage } from './render-page.js';

const CHROMIUM = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));
const skip = CHROMIUM === undefined ? 'no Chromium here: apt-get install chromium, or set CHROMIUM to its path' : false;

const RUNS = {
  measured: () => fixtureResults(),
  standin: () => fixtureResults('stand-in'),
  empty: emptyResults,
  observed: () => observedResults('stand-in'),
  hostile: () => hostileResults('<script>alert(1)</script>"\'`'),
};
type Run = keyof typeof RUNS;

describe('report.html in a browser', { skip }, () => {
  let browser: Browser;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
    for (const [name, results] of Object.entries(RUNS)) {
      await writeFile(join(folder, `${name}.html`), renderPage(buildReport(results())));
    }
    browser = await chromium.launch(launchOptions(CHROMIUM));
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A run's page from disk. Whoever has done with it is told what it complained of or fetched. */
  async function openPage(
    run: Run,
    options: BrowserContextOptions = {},
  ): Promise<AsyncDisposable & { readonly page: Page; readonly complaints: readonly string[] }> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const url = pathToFileURL(join(folder, `${run}.html`)).href;
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== url) complaints.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
  }

  /** Opens a run's page, does something with it, and fails when it complained or fetched anything. */
  async function withPage(run: Run, options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
    await using opened = await openPage(run, options);
    await use(opened.page);
    assert.deepEqual(opened.complaints, []);
  }

  for (const run of Object.keys(RUNS) as Run[])
    describe(`the ${run} run`, () => {
      let opened: Awaited<ReturnType<typeof openPage>>;
      let page: Page;
      before(async () => {
        opened = await openPage(run);
        ({ page } = opened);
        await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
      });
      after(async () => {
        await opened[Symbol.asyncDispose]();
        assert.deepEqual(opened.complaints, []);
      });

      for (const width of [360, 1440])
        it(`shows nothing beside a page ${width} px wide, all details open`, async () => {
          await page.setViewportSize({ width, height: 900 });
          const [wide, shown] = await page.evaluate<[number, number]>(
            `[document.documentElement.scrollWidth, innerWidth]`,
          );
          assert.equal(shown, width);
          assert.ok(wide <= shown, `the page is ${wide} px wide`);
        });

      it('has headings in order, ids that are its own and links that lead somewhere', async () => {
        const levels = await page.evaluate<number[]>(
          `[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName[1]))`,
        );
        assert.equal(levels.filter((level) => level === 1).length, 1);
        for (const [index, level] of levels.entries())
          assert.ok(level <= (levels[index - 1] ?? 0) + 1, `h${level} after h${levels[index - 1] ?? 0}`);
        const ids = await page.evaluate<string[]>(`[...document.querySelectorAll('[id]')].map((each) => each.id)`);
        assert.deepEqual(
          ids.filter((id, index) => ids.indexOf(id) !== index),
          [],
        );
        const targets = await page.evaluate<string[]>(
          `[...document.querySelectorAll('a[href^="#"]')].map((each) => each.getAttribute('href').slice(1))`,
        );
        assert.deepEqual(
          targets.filter((target) => !ids.includes(target)),
          [],
        );
        for (const landmark of ['main', 'nav', 'header', 'footer', '[role=img][aria-label]'].slice(
          0,
          run === 'empty' ? 4 : 5,
        ))
          assert.ok((await page.locator(landmark).count()) > 0, landmark);
      });

      if (run === 'measured' || run === 'standin')
        for (const colorScheme of ['light', 'dark'] as const)
          it(`can be read in the ${colorScheme} theme, pictures too`, async () => {
            await page.emulateMedia({ colorScheme });
            assert.deepEqual(await page.evaluate(unreadableTexts), []);
          });
    });

  it('takes the theme that the reader chooses', async () => {
    await withPage('measured', { colorScheme: 'light' }, async (page) => {
      const surface = async (): Promise<unknown> => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
      const light = await surface();
      const button = page.getByRole('button', { name: /^Theme/ });
      await button.press('Enter');
      assert.equal(await surface(), light);
      await button.press('Enter');
      assert.equal(await button.textContent(), 'Theme: dark');
      assert.notEqual(await surface(), light);
    });
  });

  it('hides contestants and questions by keyboard, and keeps the choice in the address', async () => {
    await withPage('measured', {}, async (page) => {
      await page.locator('#choose summary').press('Enter');
      const box = page.getByRole('checkbox', { name: 'Flask (gunicorn, 1 worker)' });
      const seen = async (selector: string): Promise<number> =>
        page.locator(selector).filter({ visible: true }).count();
      assert.ok((await seen('tr.c-flask-control')) > 3 && (await seen('svg .c-flask-control')) > 3);
      await box.press('Space');
      await page.getByRole('checkbox', { name: 'A network in between' }).press('Space');
      assert.equal(await seen('.c-flask-control, .q-network'), 0);
      assert.ok((await seen('tr.c-flask-style')) > 3 && (await seen('.q-headline')) > 3);
      assert.match(page.url(), /#hide=c-flask-control,q-network$/);
      await page.locator('nav a', { hasText: 'Percentiles' }).press('Enter');
      await page.waitForURL(/#percentiles&hide=c-flask-control,q-network$/);
      await page.reload();
      assert.equal(await seen('.c-flask-control, .q-network'), 0);
      const place = await page.locator('#percentiles').boundingBox();
      assert.ok(place !== null && place.y < 200, 'the page is at its place again');
      await page.locator('#choose summary').press('Enter');
      await page.getByRole('button', { name: 'Show all' }).press('Enter');
      assert.ok((await seen('tr.c-flask-control')) > 3);
      assert.match(page.url(), /#percentiles$/);
    });
  });

  it('sorts tables by keyboard, numbers as numbers, and says so', async () => {
    await withPage('measured', {}, async (page) => {
      const table = page.locator('table', { hasText: 'Highest throughput' }).last();
      const head = table.locator('thead th').nth(1);
      const values = async (): Promise<number[]> =>
        (await table.locator('tbody td:nth-child(2)').allTextContents()).map((text) =>
          Number(text.replace(/[^\d.]/g, '')),
        );
      assert.equal(await head.getAttribute('aria-sort'), 'none');
      await head.locator('button').focus();
      await page.keyboard.press('Enter');
      assert.equal(await head.getAttribute('aria-sort'), 'ascending');
      const rising = await values();
      assert.ok(rising.length > 3);
      assert.deepEqual(
        rising,
        rising.toSorted((a, b) => a - b),
      );
      await page.keyboard.press('Space');
      assert.equal(await head.getAttribute('aria-sort'), 'descending');
      assert.deepEqual(await values(), rising.toReversed());
    });
  });

  it('leads the keyboard to the answer first, and into tables that scroll', async () => {
    await withPage('measured', { viewport: { width: 360, height: 740 } }, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(`document.activeElement.textContent`), 'Skip to the answer');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(`document.activeElement.id`), 'answer');
      const unreachable = await page.evaluate(
        `[...document.querySelectorAll('.scroll')].filter((box) => box.scrollWidth > box.clientWidth && box.tabIndex !== 0).length`,
      );
      assert.equal(unreachable, 0);
    });
  });

  it('is complete without scripts', async () => {
    await withPage('measured', { javaScriptEnabled: false }, async (page) => {
      assert.equal(await page.locator('button').filter({ visible: true }).count(), 0);
      assert.ok((await page.locator('figure svg').filter({ visible: true }).count()) > 8);
      await page.locator('summary').filter({ visible: true }).first().click();
      assert.ok(await page.locator('details[open] table').first().isVisible());
    });
  });

  it('shows one drawing of each figure, the narrow one on a telephone', async () => {
    for (const [width, kind] of [
      [360, 'narrow'],
      [1440, 'wide'],
    ] as const)
      await withPage('measured', { viewport: { width, height: 900 } }, async (page) => {
        const figures = await page.locator('figure').count();
        assert.equal(await page.locator('figure .picture > div > svg').filter({ visible: true }).count(), figures);
        assert.equal(await page.locator(`figure .${kind} > svg`).filter({ visible: true }).count(), figures);
      });
  });

  it('prints in light colours, wide drawings, without what is for the screen', async () => {
    await withPage('measured', { colorScheme: 'dark' }, async (page) => {
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      assert.equal(await page.evaluate(`getComputedStyle(document.body).backgroundColor`), 'rgb(255, 255, 255)');
      assert.equal(await page.locator('nav').isVisible(), false);
      assert.ok(await page.locator('figure .wide svg').first().isVisible());
    });
  });

  it('says in the first screen who was ahead, how valid that is, and which claims hold', async () => {
    await withPage('measured', {}, async (page) => {
      for (const part of ['#answer', '.light-box', '.verdict-box h2', '.beside figure svg']) {
        const box = await page.locator(part).filter({ visible: true }).first().boundingBox();
        assert.ok(box !== null && box.y < 700, `${part} at ${box?.y ?? 'no place'}`);
      }
    });
  });
});
