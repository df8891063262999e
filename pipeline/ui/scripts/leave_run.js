// Start over: the address leads to no run at once, also where the server answers late.
() => {
  const here = new URL(location.href);
  if (!here.searchParams.has('run')) return;
  here.searchParams.delete('run');
  history.pushState(history.state, '', here);
  document.body.dataset.run = '';
}
