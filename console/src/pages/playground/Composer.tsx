import { ArrowUpOutlined, BorderOutlined } from '@ant-design/icons';
import { Button, Input, theme } from 'antd';
import { useText } from '../../app/text';
import { text } from './messages';
import styles from './Playground.module.css';
import { faultOf } from './settings';
import { playground, usePlayground } from './store';

export function Composer({ running, ready, onSend, onStop }: {
  running: boolean; ready: boolean; onSend: (message: string) => void; onStop: () => void;
}) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { draft, settings } = usePlayground();
  const fault = faultOf(settings);
  const sendable = ready && !running && !fault && draft.trim() !== '';
  const send = () => {
    if (!sendable) return;
    playground.set({ draft: '' });
    onSend(draft);
  };
  return (
    <div>
      {fault && (
        <p className={styles.fault} role="alert">{t.fixFirst}</p>
      )}
      <div className={styles.composer}
        style={{ borderColor: token.colorBorder, background: token.colorBgContainer }}>
        <Input.TextArea variant="borderless" aria-label={t.message} placeholder={t.messageHint}
          rows={1} className={styles.input} value={draft} autoFocus
          onChange={(event) => playground.set({ draft: event.target.value })}
          onKeyDown={(event) => {
            // An input method's Enter chooses its word.
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }} />
        {running
          ? <Button danger icon={<BorderOutlined />} onClick={onStop}>{t.stopAnswer}</Button>
          : (
            <Button type="primary" icon={<ArrowUpOutlined />} disabled={!sendable} onClick={send}>
              {t.send}
            </Button>
          )}
      </div>
    </div>
  );
}
