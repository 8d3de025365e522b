// Texts in two languages. A page has its own in a messages.ts, in both, of the same shape: the
// compiler refuses one that is missing, and a test an empty or forgotten one.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export type Language = 'en' | 'zh';
type Message = string | ((...values: never[]) => string);
export interface Texts<M> {
  en: M;
  zh: { [K in keyof M]: M[K] extends string ? string : M[K] };
}

export function texts<M extends Record<string, Message>>(both: Texts<M>): Texts<M> {
  return both;
}

const KEY = 'lakeside.language';

function preferred(): Language {
  const stored = localStorage.getItem(KEY);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

interface Choice {
  language: Language;
  setLanguage: (language: Language) => void;
}
const Context = createContext<Choice>({ language: 'en', setLanguage: () => {} });

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(preferred);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    localStorage.setItem(KEY, language);
  }, [language]);
  const value = useMemo(() => ({ language, setLanguage }), [language]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export const useLanguage = () => useContext(Context);

export function useText<M>(both: Texts<M>): Texts<M>['en'] {
  return both[useLanguage().language] as M;
}
