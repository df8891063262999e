// gradio marks the page with the browser's language. Where there are no words in that language, the page is English,
// and says so to programs that read it aloud.
const there = element.querySelector('[data-languages]').dataset.languages.split(' ');
if (!there.includes(document.documentElement.lang.split('-')[0])) document.documentElement.lang = 'en';
