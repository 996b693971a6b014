import { byId } from './dom.ts';

/** Tabs as in the ARIA Authoring Practices: one stop of the Tab key, and arrow keys to choose. */
export function tabs(names: readonly string[], chosen: (name: string) => void): (name: string) => void {
  const buttons = names.map((name) => byId<HTMLButtonElement>(`tab-${name}`));
  const choose = (name: string): void => {
    for (const [index, button] of buttons.entries()) {
      const selected = names[index] === name;
      button.setAttribute('aria-selected', String(selected));
      button.tabIndex = selected ? 0 : -1;
    }
    document.getElementById('view')?.setAttribute('aria-labelledby', `tab-${name}`);
    chosen(name);
  };
  for (const [index, button] of buttons.entries()) {
    button.addEventListener('click', () => choose(names[index] ?? ''));
    button.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = (index + step + buttons.length) % buttons.length;
      choose(names[next] ?? '');
      buttons[next]?.focus();
    });
  }
  return choose;
}
