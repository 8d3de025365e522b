import { Drawer, Tabs } from 'antd';
import type { ChatRequest } from '../../api/models';
import { server } from '../../api/http';
import { useText } from '../../app/text';
import { Command } from '../../components/Command';
import { codeOf, LANGUAGES } from './code';
import { text } from './messages';
import styles from './Playground.module.css';

const NAMES = { curl: 'curl', python: 'Python', node: 'Node.js', dashscope: 'DashScope' };
const ENVIRONMENT = 'eval "$(lakeside env)"';

export function CodeDrawer({ request, onClose }: { request?: ChatRequest; onClose: () => void }) {
  const t = useText(text);
  const items = LANGUAGES.map((language) => ({
    key: language,
    label: NAMES[language],
    children: request && <Command text={codeOf(language, request, server.origin)} />,
  }));
  return (
    <Drawer open={request !== undefined} onClose={onClose} title={t.codeTitle} size={720}
      styles={{ wrapper: { maxWidth: '100vw' } }}>
      <p>{t.codeHow}</p>
      <div className={styles.code}><Command text={ENVIRONMENT} /></div>
      <Tabs items={items} />
    </Drawer>
  );
}
