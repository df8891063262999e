// Arrow keys, Home and End go from tab to tab, as tabs do elsewhere.
if (!window.folioTabKeys) {
  window.folioTabKeys = true;
  document.addEventListener('keydown', event => {
    const tab = event.target.closest?.('[role=tab]'), list = tab?.closest('[role=tablist]');
    if (!list || event.altKey || event.ctrlKey || event.metaKey) return;
    const tabs = [...list.querySelectorAll('[role=tab]')].filter(one => one.offsetParent && !one.disabled);
    const here = tabs.indexOf(tab), last = tabs.length - 1;
    const to = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here > 0 ? here - 1 : last, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tabs[to].click();
    tabs[to].focus();
  });
}
