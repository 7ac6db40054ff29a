import './shared/theme/mantine.css';
import '@mantine/notifications/styles.css';
import '@fontsource-variable/inter/wght.css';
import './shared/theme/fonts.css';
import './shared/theme/global.css';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { chosenLang, initialLang, setLang } from './shared/i18n';

await setLang(initialLang(), { remember: chosenLang() !== undefined });
createRoot(document.getElementById('root')!).render(<App />);
