// Runs before the first paint, so that a reload never flashes the wrong direction or the wrong colours.
(function () {
  try {
    var root = document.documentElement;
    var lang = localStorage.getItem('vantage.lang') || (/^ar\b/.test(navigator.language) ? 'ar' : 'en');
    var scheme = localStorage.getItem('mantine-color-scheme-value') || 'auto';
    if (scheme === 'auto') scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    root.lang = lang;
    root.dir = lang === 'ar' ? 'rtl' : 'ltr';
    root.setAttribute('data-mantine-color-scheme', scheme);
  } catch (e) {
    // storage can be forbidden; the defaults in index.html stand
  }
})();
