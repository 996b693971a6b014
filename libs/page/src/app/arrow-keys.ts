/** Makes a grid one stop of the Tab key; the arrow keys, Home and End move between its buttons. */
export function moveByArrows(table: HTMLTableElement): void {
  const first = table.querySelector('button');
  if (first) first.tabIndex = 0;
  table.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    for (const former of table.querySelectorAll<HTMLButtonElement>('button[tabindex="0"]')) former.tabIndex = -1;
    target.tabIndex = 0;
  });
  table.addEventListener('keydown', (event) => {
    const next = event.target instanceof HTMLButtonElement ? neighbour(table, event.target, event.key) : undefined;
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

function neighbour(table: HTMLTableElement, button: HTMLButtonElement, key: string): HTMLButtonElement | undefined {
  const row = button.closest('tr');
  if (!row) return undefined;
  const ofRow = [...row.querySelectorAll('button')];
  if (key === 'Home') return ofRow[0];
  if (key === 'End') return ofRow.at(-1);
  if (key === 'ArrowLeft') return ofRow[ofRow.indexOf(button) - 1];
  if (key === 'ArrowRight') return ofRow[ofRow.indexOf(button) + 1];
  if (key === 'ArrowUp') return inColumn(button, [...table.rows].slice(0, row.rowIndex).toReversed());
  if (key === 'ArrowDown') return inColumn(button, [...table.rows].slice(row.rowIndex + 1));
  return undefined;
}

/** The first of the rows with a button in the same column. Columns count from the right, where no header spans rows. */
function inColumn(button: HTMLButtonElement, rows: readonly HTMLTableRowElement[]): HTMLButtonElement | undefined {
  const cell = button.closest('td');
  const cells = [...(button.closest('tr')?.cells ?? [])];
  const fromRight = cells.length - (cell ? cells.indexOf(cell) : 0);
  for (const { cells: others } of rows) {
    const found = others[others.length - fromRight]?.querySelector('button');
    if (found) return found;
  }
  return undefined;
}
