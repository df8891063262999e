// Whatever came of the address, nothing is being fetched now.
() => { delete document.querySelector('#url-note').dataset.fetching; }
