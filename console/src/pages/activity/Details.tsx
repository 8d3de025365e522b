// One event, and from it to what decided it.
import { CheckCircleOutlined, CloseCircleOutlined, SafetyOutlined, StopOutlined } from '@ant-design/icons';
import { Descriptions, Drawer, Tag, theme, Typography } from 'antd';
import { Link } from 'react-router-dom';
import { simulatorPath } from '../../api/simulation';
import type { TrailEvent } from '../../api/trail';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { isDenied, questionsOf } from './events';
import { text as messages } from './messages';
import styles from './Activity.module.css';

export function Who({ event }: { event: TrailEvent }) {
  const t = useText(messages);
  const { type, userName } = event.userIdentity;
  const kinds: Record<string, string> = {
    'root-account': t.root, 'assumed-role': t.session, 'api-key': t.apiKey, anonymous: t.anonymous,
  };
  if (type === 'root-account' || type === 'anonymous') return <span>{kinds[type]}</span>;
  return <span className={styles.any}>{kinds[type] && `${kinds[type]} `}<bdi>{userName}</bdi></span>;
}

export function Outcome({ event }: { event: TrailEvent }) {
  const t = useText(messages);
  if (!event.errorCode) return <Tag icon={<CheckCircleOutlined aria-hidden />} color="green">{t.ok}</Tag>;
  return (
    <Tag color="red" icon={isDenied(event) ? <StopOutlined aria-hidden /> : <CloseCircleOutlined aria-hidden />}>
      {event.errorCode}
    </Tag>
  );
}

export function Details({ event, onClose }: { event: TrailEvent; onClose: () => void }) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const format = useFormat();
  const items = [
    { label: t.time, children: format.time(event.eventTime) },
    { label: t.who, children: <Who event={event} /> },
    ...(event.userIdentity.accessKeyId
      ? [{ label: t.key, children: <code>{event.userIdentity.accessKeyId}</code> }] : []),
    { label: t.from, children: event.sourceIpAddress },
    { label: t.agent, children: <bdi>{event.userAgent}</bdi> },
    { label: t.requestId, children: <code>{event.requestId}</code> },
    ...(event.resourceName
      ? [{ label: t.on, children: <span>{event.resourceType}<br /><bdi>{event.resourceName}</bdi></span> }] : []),
    ...(event.errorCode ? [{
      label: t.error, children: <span><code>{event.errorCode}</code><br /><bdi>{event.errorMessage}</bdi></span>,
    }] : []),
  ].map((item) => ({ key: item.label, ...item }));
  const questions = questionsOf(event);
  return (
    <Drawer open onClose={onClose} size={560} title={`${event.serviceName} · ${event.eventName}`}>
      <div className={styles.stack}>
        <Descriptions size="small" column={1} items={items} className={styles.any} />
        {questions.length > 0 && (
          <section>
            <h3 className={styles.h3}>{t.asked}</h3>
            <ul className={styles.asked}>
              {questions.slice(0, 20).map((question, i) => (
                <li key={i} style={{ borderColor: token.colorBorderSecondary }}>
                  <div className={`${styles.grow} ${styles.any}`}>
                    <code>{question.action}</code>
                    <div><Typography.Text type="secondary"><code>{question.resource}</code></Typography.Text></div>
                  </div>
                  <Link to={simulatorPath(question)} aria-label={`${t.explain} ${question.action}`}>
                    <SafetyOutlined aria-hidden />{` ${t.explain}`}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        )}
        <section>
          <h3 className={styles.h3}>{t.json}</h3>
          <pre tabIndex={0} className={styles.json} style={{ background: token.colorFillTertiary }}>
            {JSON.stringify(event, null, 2)}
          </pre>
        </section>
      </div>
    </Drawer>
  );
}
