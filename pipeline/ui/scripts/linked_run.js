// The run to which the address bar leads, or none. It is read when the server is asked: Forward may follow Back sooner
// than Back is answered, and what waits for an answer is asked with what the first of them reported.
() => new URLSearchParams(location.search).get('run') ?? ''
