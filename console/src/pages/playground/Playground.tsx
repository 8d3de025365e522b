// Talks with one model, or with two at once.
import { CodeOutlined, PlusOutlined, SettingOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Empty, Grid, Spin, Switch, theme } from 'antd';
import { useEffect, useId, useState } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { type ChatRequest, mayChat, models } from '../../api/models';
import { text as shellText } from '../../app/messages';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { ModelKeyGate } from '../../components/modelKey/ModelKey';
import { useModelKey } from '../../components/modelKey/useModelKey';
import { CodeDrawer } from './CodeDrawer';
import { Composer } from './Composer';
import type { Build, Conversation } from './conversation';
import { text } from './messages';
import styles from './Playground.module.css';
import { faultOf, makeRequest } from './settings';
import { SettingsPanel } from './SettingsPanel';
import { Side } from './Side';
import { playground, usePlayground, useTurns } from './store';
import type { Acts } from './Turns';

// What is sent is what is set when it is sent.
const buildFor = (model: string): Build => (messages) =>
  makeRequest(playground.get().settings, model, messages);

function actsOf(side: Conversation, model: string, showCode: (request: ChatRequest) => void): Acts {
  return {
    showCode: (answer) => showCode(answer.request),
    again: () => void side.again(buildFor(model)),
    giveResults: (results) => void side.giveResults(results, buildFor(model)),
  };
}

// Those that were chosen, or that the address names; else the first ones.
function useChosen(names: string[]): [string, string] {
  const [query, setQuery] = useSearchParams();
  const { models: chosen } = usePlayground();
  const wanted = query.get('model');
  useEffect(() => {
    if (!wanted) return;
    playground.chooseModel(0, wanted);
    setQuery({}, { replace: true });
  }, [wanted, setQuery]);
  const at = (side: 0 | 1) =>
    (names.includes(chosen[side]) ? chosen[side] : (names[side] ?? names[0] ?? ''));
  return [at(0), at(1)];
}

function Bar({ onSettings, onCode, busy }: {
  onSettings?: () => void; onCode: () => void; busy: boolean;
}) {
  const t = useText(text);
  const id = useId();
  const narrow = !(Grid.useBreakpoint().md ?? true);
  const { compare, settings } = usePlayground();
  return (
    <div className={styles.bar}>
      <label className={styles.compare} htmlFor={id}>
        <Switch id={id} size="small" checked={compare} disabled={busy}
          onChange={(on) => playground.set({ compare: on })} />
        {t.compare}
      </label>
      <span className={styles.grow} />
      <Button icon={<PlusOutlined />} aria-label={t.clear}
        onClick={() => playground.sides.forEach((side) => side.clear())}>
        {narrow ? null : t.clear}
      </Button>
      <Button icon={<CodeOutlined />} aria-label={t.code} disabled={faultOf(settings) !== undefined}
        onClick={onCode}>
        {narrow ? null : t.code}
      </Button>
      {onSettings && (
        <Button icon={<SettingOutlined />} aria-label={t.openSettings} onClick={onSettings} />
      )}
    </div>
  );
}

function Talk({ names }: { names: string[] }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const wide = Grid.useBreakpoint().xl ?? true;
  const [open, setOpen] = useState(false);
  const [code, setCode] = useState<ChatRequest>();
  const { compare, draft } = usePlayground();
  const chosen = useChosen(names);
  const [one, two] = playground.sides;
  useTurns(one);
  useTurns(two);
  const sides = compare ? [one, two] : [one];
  const running = sides.some((side) => side.running);

  const send = (message: string) =>
    sides.forEach((side, i) => void side.say(message, buildFor(chosen[i]!)));
  // What would be sent now.
  const showCode = () => setCode(buildFor(chosen[0])([
    ...one.messages(), ...(draft.trim() ? [{ role: 'user' as const, content: draft }] : []),
  ]));
  const frame = { borderColor: token.colorBorderSecondary, background: token.colorBgContainer };

  return (
    <div className={styles.page}>
      <div className={styles.main}>
        <Bar busy={running} onCode={showCode} onSettings={wide ? undefined : () => setOpen(true)} />
        <div className={styles.sides}>
          {sides.map((side, i) => (
            <Side key={i} side={side} label={i === 0 ? t.modelA : t.modelB} names={names}
              model={chosen[i]!} onModel={(model) => playground.chooseModel(i, model)}
              acts={actsOf(side, chosen[i]!, setCode)} />
          ))}
        </div>
        <Composer running={running} ready={chosen[0] !== ''} onSend={send}
          onStop={() => sides.forEach((side) => side.stop())} />
      </div>
      {wide ? (
        <aside className={styles.panel} style={frame} aria-label={t.settings} tabIndex={0}>
          <SettingsPanel />
        </aside>
      ) : (
        <Drawer open={open} onClose={() => setOpen(false)} title={t.settings} size={360}>
          <SettingsPanel />
        </Drawer>
      )}
      <CodeDrawer request={code} onClose={() => setCode(undefined)} />
    </div>
  );
}

function WithModels() {
  const t = useText(text);
  const shell = useText(shellText);
  const { version } = useModelKey();
  const list = useQuery({
    queryKey: ['models', 'list', version],
    queryFn: ({ signal }) => models.list({ signal }),
  });
  if (list.error) return <Failure error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) {
    return <Spin style={{ display: 'block', margin: '96px auto' }} aria-label={shell.loading} />;
  }
  const names = list.data.filter(mayChat).map(({ name }) => name);
  if (names.length > 0) return <Talk names={names} />;
  return (
    <Empty description={list.data.length === 0 ? t.noModels : t.noneChats}>
      <Link to="/models">{t.toModels}</Link>
    </Empty>
  );
}

export default function Playground() {
  return <ModelKeyGate><WithModels /></ModelKeyGate>;
}
