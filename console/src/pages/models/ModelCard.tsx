import { ExperimentOutlined, PushpinOutlined } from '@ant-design/icons';
import { Badge, Button, Card, Tag, theme, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';
import type { ModelHealth, ModelState } from '../../api/lakeside';
import type { Model } from '../../api/models';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { text } from './messages';
import styles from './Models.module.css';
import type { Speed } from './speeds';

const STATUS = {
  loaded: 'success', loading: 'processing', fetching: 'processing', broken: 'error',
  unloaded: 'default',
} as const;

function StateBadge({ state }: { state: ModelState }) {
  const t = useText(text);
  return (
    <Tooltip title={t[`${state}Hint`]}>
      <span tabIndex={0}><Badge status={STATUS[state]} text={t[state]} /></span>
    </Tooltip>
  );
}

function Fact({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <div title={hint}>
      <dt style={{ color: token.colorTextDescription }}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// Of large figures a fraction says nothing.
const rounded = (value: number) => (value < 100 ? value : Math.round(value));

function SpeedFacts({ speed }: { speed: Speed }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { number } = useFormat();
  const notYet = <span style={{ color: token.colorTextDescription, fontSize: 13 }}>{t.notYet}</span>;
  const { firstTokenMs: first, tokensPerSecond } = speed;
  return (
    <>
      <Fact name={t.firstToken} hint={t.average}>
        {first === undefined ? notYet
          : first < 1000 ? t.milliseconds(number(Math.round(first))) : t.seconds(number(first / 1000))}
      </Fact>
      <Fact name={t.speed} hint={t.average}>
        {tokensPerSecond === undefined ? notYet : t.perSecond(number(rounded(tokensPerSecond)))}
      </Fact>
    </>
  );
}

// `health` and `speed` are there for who may see them.
export function ModelCard(props: { model: Model; health?: ModelHealth; speed?: Speed }) {
  const { model, health, speed } = props;
  const t = useText(text);
  const { token } = theme.useToken();
  const { bytes, number, time } = useFormat();
  const navigate = useNavigate();
  const { name, state, description, contextWindow } = model;
  const problem = health?.problem;
  return (
    <Card className={styles.card} styles={{ body: { height: '100%' } }}>
      <div className={styles.head}>
        <h2 className={styles.name}>{name}</h2>
        <span className={styles.tags}>
          {health?.pinned && (
            <Tooltip title={t.pinnedHint}>
              <Tag icon={<PushpinOutlined />} tabIndex={0}>{t.pinned}</Tag>
            </Tooltip>
          )}
          <StateBadge state={state} />
        </span>
      </div>
      <p className={problem ? `${styles.about} ${styles.problem}` : styles.about}
        style={problem ? undefined : { color: token.colorTextDescription }}>
        {problem ?? description ?? t[`${state}Hint`]}
      </p>
      <dl className={styles.facts}>
        {health && health.bytes > 0 && <Fact name={t.size}>{bytes(health.bytes)}</Fact>}
        {contextWindow !== undefined && (
          <Fact name={t.context}>{t.tokens(number(contextWindow))}</Fact>
        )}
        {health && <Fact name={t.running}>{number(health.running)}</Fact>}
        {health && <Fact name={t.waiting}>{number(health.queued)}</Fact>}
        {speed && <SpeedFacts speed={speed} />}
        {!health && model.added !== undefined && <Fact name={t.added}>{time(model.added)}</Fact>}
      </dl>
      {state !== 'broken' && (
        <div className={styles.foot}>
          <Button icon={<ExperimentOutlined />} aria-label={`${t.try}: ${name}`}
            onClick={() => navigate(`/playground?model=${encodeURIComponent(name)}`)}>
            {t.try}
          </Button>
        </div>
      )}
    </Card>
  );
}
