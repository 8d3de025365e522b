import { ExperimentOutlined, PushpinOutlined } from '@ant-design/icons';
import { Badge, Button, Card, Tag, theme, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';
import type { ModelState } from '../../api/lakeside';
import type { AdminModel } from '../../api/modelAdmin';
import { mayChat, type Model } from '../../api/models';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { text } from './messages';
import { ModelActions } from './ModelActions';
import styles from './Models.module.css';

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

function Speed({ model }: { model: AdminModel }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { number } = useFormat();
  const notYet = <span style={{ color: token.colorTextDescription, fontSize: 13 }}>{t.notYet}</span>;
  const { firstTokenMillis: first, tokensPerSecond } = model;
  return (
    <>
      <Fact name={t.firstToken} hint={t.latest}>
        {first === undefined ? notYet
          : first < 1000 ? t.milliseconds(number(rounded(first))) : t.seconds(number(first / 1000))}
      </Fact>
      <Fact name={t.speed} hint={t.latest}>
        {tokensPerSecond === undefined ? notYet : t.perSecond(number(rounded(tokensPerSecond)))}
      </Fact>
    </>
  );
}

function Capabilities({ model }: { model: AdminModel }) {
  const t = useText(text);
  // Who chats completes, too.
  const shown = model.capabilities.filter((one) => one !== 'completion' || !model.capabilities.includes('chat'));
  if (shown.length === 0) return null;
  const words: Record<string, string> = {
    chat: t.chat, completion: t.completion, embedding: t.embedding, rerank: t.rerank,
  };
  return (
    <div className={styles.capabilities}>
      {shown.map((one) => <Tag key={one} variant="filled">{words[one] ?? one}</Tag>)}
    </div>
  );
}

// `admin` is there for who may look after models; others see what their key may call.
export function ModelCard({ model, admin }: { model: Model; admin?: AdminModel }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { bytes, number, time } = useFormat();
  const navigate = useNavigate();
  const { name, state, description, contextWindow } = model;
  const problem = admin?.problem;
  const chats = state !== 'broken' && mayChat(model);
  return (
    <Card className={styles.card} styles={{ body: { height: '100%' } }}>
      <div className={styles.head}>
        <h2 className={styles.name}>{name}</h2>
        <span className={styles.tags}>
          {admin?.pinned && (
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
      {admin && <Capabilities model={admin} />}
      <dl className={styles.facts}>
        {admin && admin.fileBytes > 0 && <Fact name={t.size}>{bytes(admin.fileBytes)}</Fact>}
        {admin && admin.memoryBytes > 0 && (
          <Fact name={state === 'loaded' ? t.memory : t.memoryNeeded} hint={t.memoryHint}>
            {bytes(admin.memoryBytes)}
          </Fact>
        )}
        {admin && <Fact name={t.running}>{number(admin.running)}</Fact>}
        {admin && <Fact name={t.waiting}>{number(admin.queued)}</Fact>}
        {admin && <Speed model={admin} />}
        {contextWindow !== undefined && (
          <Fact name={t.context}>{t.tokens(number(contextWindow))}</Fact>
        )}
        {model.added !== undefined && <Fact name={t.added}>{time(model.added)}</Fact>}
      </dl>
      <div className={styles.foot}>
        {chats && (
          <Button icon={<ExperimentOutlined />} aria-label={`${t.try}: ${name}`}
            onClick={() => navigate(`/playground?model=${encodeURIComponent(name)}`)}>
            {t.try}
          </Button>
        )}
        {admin && <ModelActions model={admin} />}
      </div>
    </Card>
  );
}
