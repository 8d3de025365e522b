// Ant Design, light or dark, with contrast that everybody can read.
import { App as AntApp, ConfigProvider, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { nonce } from './nonce';
import { useLanguage } from './text';

export type Mode = 'light' | 'dark' | 'system';
const KEY = 'lakeside.theme';
const csp = nonce ? { nonce } : undefined;

interface Choice {
  mode: Mode;
  dark: boolean;
  setMode: (mode: Mode) => void;
}
const Context = createContext<Choice>({ mode: 'system', dark: false, setMode: () => {} });
export const useMode = () => useContext(Context);

function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query]);
  const [matches, setMatches] = useState(media.matches);
  useEffect(() => {
    const listen = () => setMatches(media.matches);
    listen();
    media.addEventListener('change', listen);
    return () => media.removeEventListener('change', listen);
  }, [media]);
  return matches;
}

// Read once: Ant Design builds the whole page anew when it changes.
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

const shared = { colorPrimary: '#1668dc', borderRadius: 8, colorLink: '#1668dc', wireframe: false };
const light = {
  ...shared,
  colorError: '#cf1322',
  colorPrimaryHover: '#0f4fae',
  colorLinkHover: '#0f4fae',
  colorTextSecondary: 'rgba(0, 0, 0, 0.68)',
  colorTextTertiary: 'rgba(0, 0, 0, 0.62)',
  colorTextQuaternary: 'rgba(0, 0, 0, 0.58)',
  colorTextDescription: 'rgba(0, 0, 0, 0.62)',
  colorTextPlaceholder: 'rgba(0, 0, 0, 0.58)',
  colorBgLayout: '#f3f6fa',
};
const dark = {
  ...shared,
  colorError: '#f5222d',
  colorErrorText: '#ff7875',
  colorLink: '#85bbff',
  colorPrimaryHover: '#1a6fe0',
  colorLinkHover: '#9cc5ff',
  colorBgLayout: '#0b0e13',
  colorTextSecondary: 'rgba(255, 255, 255, 0.75)',
  colorTextTertiary: 'rgba(255, 255, 255, 0.68)',
  colorTextQuaternary: 'rgba(255, 255, 255, 0.6)',
  colorTextDescription: 'rgba(255, 255, 255, 0.68)',
  colorTextPlaceholder: 'rgba(255, 255, 255, 0.6)',
};

export function ThemeProvider({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const stored = localStorage.getItem(KEY);
  const [mode, setMode] = useState<Mode>(stored === 'light' || stored === 'dark' ? stored : 'system');
  const system = useMedia('(prefers-color-scheme: dark)');
  const isDark = mode === 'system' ? system : mode === 'dark';
  useEffect(() => {
    localStorage.setItem(KEY, mode);
    document.documentElement.style.colorScheme = isDark ? 'dark' : 'light';
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [mode, isDark]);
  const value = useMemo(() => ({ mode, dark: isDark, setMode }), [mode, isDark]);
  const config = useMemo(() => ({
    algorithm: isDark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: { ...(isDark ? dark : light), motion: !still },
    components: {
      Form: { verticalLabelPadding: '0 0 4px' },
      // Seen on the page's own ground, too.
      Segmented: isDark ? { trackBg: '#1f2733', itemSelectedBg: '#3b4758' } : { trackBg: '#e4eaf1' },
      ...(isDark && {
        Button: { defaultHoverColor: '#69a8ff', defaultHoverBorderColor: '#69a8ff' },
        Menu: { itemSelectedColor: '#9cc5ff' },
        Tabs: { itemSelectedColor: '#69a8ff', itemHoverColor: '#9cc5ff', itemActiveColor: '#69a8ff' },
      }),
    },
  }), [isDark]);
  return (
    <Context.Provider value={value}>
      <ConfigProvider csp={csp} locale={language === 'zh' ? zhCN : enUS} theme={config}>
        <AntApp>{children}</AntApp>
      </ConfigProvider>
    </Context.Provider>
  );
}
