// A click on anything that names a record opens its receipt; on Compare it waits for the second one. With the second
// one goes what this tab converted (see address.js), since the text of two runs is only shown to whoever holds
// their links.
const tabRuns = () => { try { return JSON.parse(sessionStorage.getItem('folio-runs') ?? '[]'); } catch (error) { return []; } };
element.addEventListener('click', async event => {
  const copy = event.target.closest('[data-copy]');
  if (copy) {
    const link = new URL(location.href);
    link.search = '?record=' + encodeURIComponent(copy.dataset.copy);  // a run's own link is a secret and is left out
    try { await navigator.clipboard.writeText(link.href); copy.textContent = 'Copied'; }
    catch (error) { window.prompt('Link to this receipt', link.href); }
    return;
  }
  const worker = event.target.closest('[data-worker]');
  if (worker) return trigger('click', { worker: worker.dataset.worker, order: worker.dataset.order });
  const compare = event.target.closest('[data-compare]');
  if (compare) return trigger('click', { compare: compare.dataset.compare });
  if (event.target.closest('[data-close]')) return trigger('click', { close: true });
  const change = event.target.closest('[data-change]');
  if (change) return trigger('click', { change: Number(change.dataset.change) });
  const named = event.target.closest('[data-record]');
  if (named) trigger('click', { record: named.dataset.record, tab_runs: tabRuns() });
});
element.addEventListener('submit', event => {
  event.preventDefault();
  trigger('click', { links: [...event.target.querySelectorAll('input')].map(field => field.value), tab_runs: tabRuns() });
});
