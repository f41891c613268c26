// Runs before the first paint, so that a dark window never flashes white. The preferences decide a moment later.
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the system's theme holds until the preferences arrive.
}
