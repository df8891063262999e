// After Start over, and after a run was deleted: the address bar leads to the run that is shown now, or to none.
run => {
  const here = new URL(location.href);
  if (run) here.searchParams.set('run', run); else here.searchParams.delete('run');
  history.replaceState(history.state, '', here);
}
