// Before a listener whose run stands for the one that is shown: the address changes without a further step for Back.
() => { delete document.body.dataset.run; }
