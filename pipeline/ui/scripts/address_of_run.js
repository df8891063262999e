// After Convert: the run's link goes into the address bar, and on a phone its progress into view. The tab remembers
// its runs, so that the dashboard can compare their text.
run => {
  const shown = run || new URLSearchParams(location.search).get('run');
  try {
    const others = JSON.parse(sessionStorage.getItem('folio-runs') ?? '[]').filter(id => id !== shown);
    if (shown) sessionStorage.setItem('folio-runs', JSON.stringify([shown, ...others].slice(0, 20)));
  } catch (error) {}
  if (!run) return;
  if (innerWidth <= 860) document.querySelector('#panel')?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  const here = new URL(location.href);
  here.searchParams.set('run', run);
  history.replaceState(history.state, '', here);
}
