// A PDF is being fetched from its address: the page says so at once, until ``fetched`` is called.
(...values) => { document.querySelector('#url-note').dataset.fetching = ''; return values; }
