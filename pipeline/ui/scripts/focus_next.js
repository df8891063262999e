// After a button has gone from the page: the keyboard goes on at the next part instead of the page's start.
() => {
  const before = Date.now();
  const focusNext = () => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = document.querySelector('#stop') ?? document.querySelector('#documents .document');
    if (next) next.focus({ preventScroll: true });
    if ((!next || document.activeElement !== next) && Date.now() - before < 2000) setTimeout(focusNext, 50);
  };
  focusNext();
}
