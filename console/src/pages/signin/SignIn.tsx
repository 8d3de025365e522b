import { Alert, Card, theme } from 'antd';
import { useEffect } from 'react';
import { LanguageButton, ThemeButton } from '../../app/Shell';
import { useText } from '../../app/text';
import logo from '../../assets/lakeside.svg';
import { Command } from '../../components/Command';
import { preload } from '..';
import { text } from './messages';
import styles from './SignIn.module.css';
import { SignInForm } from './SignInForm';

export function SignIn() {
  const t = useText(text);
  const { token } = theme.useToken();
  useEffect(() => {
    document.title = t.title;
  }, [t.title]);
  useEffect(preload, []);
  return (
    <div className={styles.page} style={{ background: token.colorBgLayout, color: token.colorText }}>
      <div className={styles.corner}><LanguageButton /><ThemeButton /></div>
      <main className={styles.main}>
        <img src={logo} alt="" width={56} height={56} />
        <h1 className={styles.title}>{t.title}</h1>
        <p className={styles.subtitle} style={{ color: token.colorTextDescription }}>{t.subtitle}</p>
        <Card className={styles.card}>
          {!isSecureContext && (
            <Alert type="warning" showIcon title={t.insecure} className={styles.alert} />
          )}
          <SignInForm />
          <p className={styles.note} style={{ color: token.colorTextDescription }}>{t.kept}</p>
        </Card>
        <details className={styles.where}>
          <summary>{t.whereTitle}</summary>
          <p>{t.where}</p>
          <Command text="lakeside env" />
        </details>
      </main>
    </div>
  );
}
