// What was said, one turn below the other.
import { CodeOutlined, RedoOutlined } from '@ant-design/icons';
import { Button, Input, Spin, theme } from 'antd';
import { memo, useState } from 'react';
import type { ToolCall } from '../../api/models';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { CopyButton } from '../../components/Command';
import { Failure } from '../../components/Failure';
import type { Answer, Said, ToolResult, Turn } from './conversation';
import { Markdown } from './Markdown';
import { text } from './messages';
import styles from './Playground.module.css';

function pretty(json: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return undefined;
  }
}

export interface Acts {
  showCode: (answer: Answer) => void;
  again: () => void;
  giveResults: (results: string[]) => void;
}

const SaidView = memo(function SaidView({ turn }: { turn: Said }) {
  const { token } = theme.useToken();
  return <div className={styles.said} style={{ background: token.colorPrimaryBg }}>{turn.content}</div>;
});

function ToolResultView({ turn }: { turn: ToolResult }) {
  const t = useText(text);
  const { token } = theme.useToken();
  return (
    <div className={styles.result} style={{ borderColor: token.colorBorder }}>
      <small style={{ color: token.colorTextDescription }}>{t.toolResult(turn.name)}</small>
      <pre>{turn.content}</pre>
    </div>
  );
}

function useDuration() {
  const t = useText(text);
  const { number } = useFormat();
  return (ms: number) => (ms < 1000 ? t.milliseconds(number(Math.round(ms)))
    : t.seconds(number(ms / 1000)));
}

// The figures under an answer.
function Figures({ turn, json }: { turn: Answer; json: boolean }) {
  const t = useText(text);
  const { number } = useFormat();
  const duration = useDuration();
  const { usage, firstTokenMs, tokensPerSecond } = turn.stats;
  const said: string[] = [];
  if (turn.state === 'stopped') said.push(t.stopped);
  if (usage) {
    said.push(t.promptTokens(number(usage.prompt_tokens)));
    said.push(t.cached(number(usage.prompt_tokens_details?.cached_tokens ?? 0)));
    said.push(t.completionTokens(number(usage.completion_tokens)));
  }
  if (firstTokenMs !== undefined) said.push(t.firstToken(duration(firstTokenMs)));
  if (tokensPerSecond !== undefined) {
    said.push(t.speed(number(tokensPerSecond < 100 ? tokensPerSecond : Math.round(tokensPerSecond))));
  }
  if (turn.finish === 'length') said.push(t.cutAtLength);
  if (json && turn.state === 'done' && turn.content) {
    said.push(pretty(turn.content) === undefined ? t.invalidJson : t.validJson);
  }
  return <>{said.map((figure) => <span key={figure}>{figure}</span>)}</>;
}

function Foot({ turn, last, acts }: { turn: Answer; last: boolean; acts: Acts }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const json = turn.request.response_format !== undefined;
  return (
    <div className={styles.stats} style={{ color: token.colorTextDescription }}>
      <Figures turn={turn} json={json} />
      <span className={styles.buttons}>
        {turn.content && <CopyButton text={turn.content} label={t.copyAnswer} />}
        {last && (
          <Button size="small" type="text" icon={<RedoOutlined />} aria-label={t.again}
            title={t.again} onClick={acts.again} />
        )}
        <Button size="small" type="text" icon={<CodeOutlined />} aria-label={t.answerCode}
          title={t.answerCode} onClick={() => acts.showCode(turn)} />
      </span>
    </div>
  );
}

function CallView({ call }: { call: ToolCall }) {
  const t = useText(text);
  const { token } = theme.useToken();
  return (
    <div className={styles.call}
      style={{ borderColor: token.colorBorder, background: token.colorFillQuaternary }}>
      <strong>{t.calls(call.name)}</strong>
      <pre>{pretty(call.arguments) ?? call.arguments}</pre>
    </div>
  );
}

// What the tools give back is typed by the user, who is all tools here.
function Results({ calls, onGive }: { calls: ToolCall[]; onGive: (results: string[]) => void }) {
  const t = useText(text);
  const [results, setResults] = useState<string[]>(() => calls.map(() => ''));
  return (
    <form className={styles.results} onSubmit={(event) => {
      event.preventDefault();
      onGive(results);
    }}>
      {calls.map(({ name }, i) => (
        <Input.TextArea key={i} aria-label={t.resultFor(name)} placeholder={t.resultFor(name)}
          className={`${styles.mono} ${styles.grows}`} rows={2} value={results[i]}
          onChange={(event) => setResults(results.map((old, j) => (i === j ? event.target.value : old)))} />
      ))}
      <Button htmlType="submit">{t.giveResults}</Button>
    </form>
  );
}

function AnswerView({ turn, last, acts }: { turn: Answer; last: boolean; acts: Acts }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const under = turn.state === 'waiting' || turn.state === 'running';
  const json = turn.request.response_format !== undefined;
  return (
    <div className={styles.answer}>
      {turn.state === 'waiting' && <Spin size="small" aria-label={t.waiting} />}
      {turn.reasoning && (
        <details className={styles.reasoning} open={under && !turn.content}>
          <summary>{t.reasoning}</summary>
          <p style={{ color: token.colorTextSecondary, borderColor: token.colorBorder }}>
            {turn.reasoning}
          </p>
        </details>
      )}
      {turn.content && (json
        ? <pre className={styles.json}>{pretty(turn.content) ?? turn.content}</pre>
        : <Markdown text={turn.content} />)}
      {turn.state === 'running' && <span className={styles.cursor} aria-hidden />}
      {turn.toolCalls.map((call, i) => <CallView key={i} call={call} />)}
      {turn.state === 'failed' && <Failure error={turn.error} onRetry={last ? acts.again : undefined} />}
      {!under && <Foot turn={turn} last={last} acts={acts} />}
      {last && turn.state === 'done' && turn.toolCalls.length > 0 && (
        <Results calls={turn.toolCalls} onGive={acts.giveResults} />
      )}
    </div>
  );
}

export function TurnView({ turn, last, acts }: { turn: Turn; last: boolean; acts: Acts }) {
  if (turn.role === 'user') return <SaidView turn={turn} />;
  if (turn.role === 'tool') return <ToolResultView turn={turn} />;
  return <AnswerView turn={turn} last={last} acts={acts} />;
}
