// The runs of this browser. Their links lie in its storage, to which address.js adds; those that lead nowhere any more
// leave it. The list is asked for anew when the page shows other runs, and when another tab changes what is stored.
const KEY = 'folio-earlier-runs';
const stored = () => { try { return JSON.parse(localStorage.getItem(KEY) ?? '[]'); } catch (error) { return []; } };
let acted = false;  // the button that was pressed has gone from the list: the keyboard goes on at the next
let asked = '';  // the record of the run about which a question stands, which news of other tabs leave alone
const tell = change => trigger('click', { ...change, ask: asked, runs: stored() });
element.addEventListener('click', event => {
  const open = event.target.closest('[data-open]');
  if (open) return trigger('select', { open: open.dataset.open, runs: stored() });
  for (const action of ['ask', 'delete', 'keep']) {
    const pressed = event.target.closest(`[data-${action}]`);
    if (!pressed) continue;
    acted = true;
    asked = action === 'ask' ? pressed.dataset.ask : '';
    return tell(action === 'delete' ? { delete: pressed.dataset.delete } : {});
  }
});
watch('value', () => {
  if (acted) (element.querySelector('[data-keep]') ?? element.querySelector('[data-open]'))?.focus();
  acted = false;
  const gone = element.querySelector('[data-gone]')?.dataset.gone.split(' ') ?? [];
  try {
    if (gone.length) localStorage.setItem(KEY, JSON.stringify(stored().filter(link => !gone.includes(link))));
  } catch (error) {}
});
document.addEventListener('folio-runs', () => tell({}));
window.addEventListener('storage', event => { if (event.key === KEY) tell({}); });
