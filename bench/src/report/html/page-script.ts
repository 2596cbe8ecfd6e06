/**
 * All of the page's script, kept small and plain: without it the page is complete. Tables get buttons in their heads, tables
 * that scroll get a place in the tab order, the theme can be chosen, and contestants and questions can be hidden. What is
 * hidden stands in the address behind the place on the page: `#verdicts&hide=c-flask-control,q-network`.
 */
export const PAGE_SCRIPT = `(() => {
  'use strict';
  const root = document.documentElement;
  const button = document.getElementById('theme');
  const themes = ['auto', 'light', 'dark'];
  let theme = 'auto';
  try { theme = localStorage.getItem('theme') || 'auto'; } catch { /* a page from disk may have no storage */ }
  const show = () => {
    if (theme === 'auto') delete root.dataset.theme; else root.dataset.theme = theme;
    button.textContent = 'Theme: ' + theme;
  };
  if (!themes.includes(theme)) theme = 'auto';
  button.hidden = false;
  button.addEventListener('click', () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    try { localStorage.setItem('theme', theme); } catch { /* as above */ }
    show();
  });
  show();

  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  };
  const compare = (a, b) => {
    const numbers = [typeof a === 'number', typeof b === 'number'];
    if (numbers[0] && numbers[1]) return a - b;
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
    return a.localeCompare(b, 'en', { numeric: true });
  };
  for (const table of document.querySelectorAll('table')) {
    const body = table.tBodies[0];
    if (body.rows.length < 2) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const sort = document.createElement('button');
      sort.type = 'button';
      sort.append(...head.childNodes);
      head.append(sort);
      head.setAttribute('aria-sort', 'none');
      sort.addEventListener('click', () => {
        const rising = head.getAttribute('aria-sort') !== 'ascending';
        for (const each of heads) each.setAttribute('aria-sort', 'none');
        head.setAttribute('aria-sort', rising ? 'ascending' : 'descending');
        const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, column) }));
        rows.sort((a, b) => (rising ? compare(a.key, b.key) : compare(b.key, a.key)));
        body.append(...rows.map(({ row }) => row));
      });
    });
  }

  const choose = document.getElementById('choose');
  if (choose !== null) {
    const boxes = [...choose.querySelectorAll('input')];
    const parts = () => decodeURIComponent(location.hash.slice(1)).split('&').filter((part) => part !== '');
    const place = () => parts().find((part) => !part.startsWith('hide=')) || '';
    const apply = () => {
      const off = boxes.filter((box) => !box.checked).map((box) => box.value);
      for (const { value } of boxes)
        for (const each of document.getElementsByClassName(value))
          each.toggleAttribute('hidden', [...each.classList].some((name) => off.includes(name)));
      choose.querySelector('output').textContent = off.length === 0 ? '' : '(' + off.length + ' hidden)';
      const hash = [place(), ...(off.length === 0 ? [] : ['hide=' + off.join(',')])].filter((part) => part !== '').join('&');
      if (hash !== decodeURIComponent(location.hash.slice(1))) history.replaceState(null, '', '#' + hash);
    };
    const read = () => {
      const hidden = parts().find((part) => part.startsWith('hide='));
      // A link to a place on the page says nothing about what is hidden: it stays so.
      if (hidden !== undefined) for (const box of boxes) box.checked = !hidden.slice(5).split(',').includes(box.value);
      apply();
    };
    choose.hidden = false;
    choose.addEventListener('change', apply);
    choose.querySelector('button').addEventListener('click', () => {
      for (const box of boxes) box.checked = true;
      apply();
    });
    addEventListener('hashchange', read);
    read();
    if (parts().length > 1) document.getElementById(place())?.scrollIntoView();
  }

  const reachable = () => {
    for (const box of document.querySelectorAll('.scroll')) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute('tabindex');
    }
  };
  reachable();
  addEventListener('resize', reachable);
  for (const details of document.querySelectorAll('details')) details.addEventListener('toggle', reachable);
})();`;
