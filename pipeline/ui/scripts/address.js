// The address bar leads to the run that is shown, or to none. Another run is a step that Back takes back; a run that
// stands for the one before (see same_step.js) is none, nor is the page's first. After Back and Forward the address is
// right already, and may be another one by now. The tab remembers its runs, so that the dashboard can compare their
// text, and the browser those that are its own, for "My runs".
run => {
  const here = new URL(location.href), before = here.searchParams.get('run') ?? '';
  const step = Boolean(run) && run !== before && 'run' in document.body.dataset;
  if (run) here.searchParams.set('run', run); else here.searchParams.delete('run');
  const right = run === before || 'visited' in document.body.dataset;
  if (!right) history[step ? 'pushState' : 'replaceState'](history.state, '', here);
  document.body.dataset.run = run;
  delete document.body.dataset.visited;
  const remember = (storage, key, most) => {
    try {
      const others = JSON.parse(storage.getItem(key) ?? '[]').filter(link => link !== run);
      storage.setItem(key, JSON.stringify([run, ...others].slice(0, most)));
    } catch (error) {}
  };
  if (run) remember(sessionStorage, 'folio-runs', 20);
  if (run && !run.startsWith('read-')) remember(localStorage, 'folio-earlier-runs', 50);
  if (step && innerWidth <= 860) document.querySelector('#panel')?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  document.dispatchEvent(new Event('folio-runs'));
}
