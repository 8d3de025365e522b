// Text to paste elsewhere, with a button that copies it.
import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { Button, theme } from 'antd';
import { useEffect, useState } from 'react';
import { text as messages } from '../app/messages';
import { useText } from '../app/text';
import { copyText } from './copyText';
import styles from './Command.module.css';

export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useText(messages);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const name = copied ? t.copied : (label ?? t.copy);
  return (
    <Button size="small" type="text" aria-label={name} title={name}
      icon={copied ? <CheckOutlined /> : <CopyOutlined />}
      onClick={async () => setCopied(await copyText(text))} />
  );
}

export function Command({ text }: { text: string }) {
  const { token } = theme.useToken();
  return (
    <div className={styles.box}
      style={{ background: token.colorFillTertiary, borderColor: token.colorBorderSecondary }}>
      <pre className={styles.text} tabIndex={0}>{text}</pre>
      <CopyButton text={text} />
    </div>
  );
}
