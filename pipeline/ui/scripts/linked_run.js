// The run to which the address bar leads, or none. The address is read when the server is asked: Forward may follow
// Back sooner than Back is answered, and then waits, and gradio asks with the event data of Back.
() => new URLSearchParams(location.search).get('run') ?? ''
