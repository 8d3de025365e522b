// A model and the conversation with it.
import { MessageOutlined } from '@ant-design/icons';
import { Select, theme } from 'antd';
import { useLayoutEffect, useRef } from 'react';
import { useText } from '../../app/text';
import type { Conversation } from './conversation';
import { text } from './messages';
import styles from './Playground.module.css';
import { useTurns } from './store';
import { type Acts, TurnView } from './Turns';

// Nearer to the end than this: what comes is followed.
const NEAR_PX = 60;

function Log({ side, model, acts }: { side: Conversation; model: string; acts: Acts }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const turns = useTurns(side);
  const box = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  useLayoutEffect(() => {
    const element = box.current;
    if (turns.at(-1)?.role === 'user') follows.current = true;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [turns]);
  return (
    <div ref={box} className={styles.log} role="log" aria-label={t.conversation(model)}
      aria-busy={side.running} tabIndex={0} onScroll={({ currentTarget: element }) => {
        follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      }}>
      {turns.length === 0 && (
        <div className={styles.welcome}>
          <MessageOutlined aria-hidden style={{ fontSize: 32, color: token.colorPrimary }} />
          <h2>{t.welcome}</h2>
          <p style={{ color: token.colorTextDescription }}>{t.welcomeHint}</p>
        </div>
      )}
      {turns.map((turn, i) => (
        <TurnView key={i} turn={turn} last={i === turns.length - 1} acts={acts} />
      ))}
    </div>
  );
}

export function Side(props: {
  side: Conversation; label: string; names: string[]; model: string;
  onModel: (model: string) => void; acts: Acts;
}) {
  const { side, label, names, model, onModel, acts } = props;
  const t = useText(text);
  const { token } = theme.useToken();
  const frame = { borderColor: token.colorBorderSecondary, background: token.colorBgContainer };
  return (
    <section className={styles.side} style={frame} aria-label={label}>
      <div className={styles.sideHead} style={{ borderColor: token.colorBorderSecondary }}>
        <Select aria-label={label} variant="borderless" showSearch value={model || undefined}
          placeholder={t.chooseModel} options={names.map((value) => ({ value, label: value }))}
          onChange={onModel} />
      </div>
      <Log side={side} model={model} acts={acts} />
    </section>
  );
}
