// The models of this server, and what can be done with them. Who may not look after them sees those
// that the key for models may call.
import { CloudDownloadOutlined, InboxOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Progress, Spin, theme } from 'antd';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { type AdminModel, modelAdmin, type ModelMemory } from '../../api/modelAdmin';
import { type Model, models } from '../../api/models';
import { useFormat } from '../../app/format';
import { text as shellText } from '../../app/messages';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { ModelKeyForm, ModelKeyNote } from '../../components/modelKey/ModelKey';
import { useModelKey } from '../../components/modelKey/useModelKey';
import { FetchDialog, type FetchKind } from './FetchDialog';
import { text } from './messages';
import { ModelCard } from './ModelCard';
import styles from './Models.module.css';
import { TaskList } from './TaskList';

const EACH_MS = 3_000;

const isDenied = (error: unknown) => error instanceof ApiError && error.denied;

function shownOf(one: AdminModel): Model {
  const { model: name, status: state, publishedTime: added, description, modelInfo, capabilities } = one;
  return { name, state, added, description, contextWindow: modelInfo?.contextWindow, capabilities };
}

function useModels() {
  const { state, version } = useModelKey();
  const admin = useQuery({
    queryKey: ['models', 'admin'], refetchInterval: EACH_MS,
    retry: (count, error) => count < 2 && !isDenied(error),
    queryFn: ({ signal }) => modelAdmin.list({ signal }),
  });
  const denied = isDenied(admin.error);
  const list = useQuery({
    queryKey: ['models', 'list', version], enabled: denied && state.kind === 'ready',
    refetchInterval: EACH_MS, queryFn: ({ signal }) => models.list({ signal }),
  });
  return { key: state, admin, denied, list };
}

function Memory({ memory }: { memory: ModelMemory }) {
  const t = useText(text);
  const { bytes } = useFormat();
  const { usedBytes: used, limitBytes: limit } = memory;
  if (limit === 0) return used === 0 ? null : <span>{t.inMemory(bytes(used))}</span>;
  const words = t.memoryOf(bytes(used), bytes(limit));
  return (
    <span className={styles.memory}>
      <Progress percent={Math.round((100 * used) / limit)} size="small" showInfo={false} aria-label={words} />
      {words}
    </span>
  );
}

function Summary({ shown, memory }: { shown: Model[]; memory?: ModelMemory }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const loaded = shown.filter(({ state }) => state === 'loaded');
  return (
    <div className={styles.summary} style={{ color: token.colorTextSecondary }}>
      <span>{t.summary(shown.length, loaded.length)}</span>
      {memory && <Memory memory={memory} />}
    </div>
  );
}

function NoModels({ onPull }: { onPull: () => void }) {
  const t = useText(text);
  return (
    <div className={styles.empty}>
      <h2>{t.none}</h2>
      <p>{t.noneHow}</p>
      <Button type="primary" icon={<CloudDownloadOutlined />} onClick={onPull}>{t.pullTitle}</Button>
    </div>
  );
}

function KeyOnly({ error }: { error: unknown }) {
  const t = useText(text);
  return (
    <div className={styles.denied}>
      <p>{t.keyOnly}</p>
      <Failure error={error} brief />
    </div>
  );
}

export default function Models() {
  const t = useText(text);
  const shell = useText(shellText);
  const { key, admin, denied, list } = useModels();
  const [fetching, setFetching] = useState<FetchKind>();
  const known = denied ? undefined : admin.data;
  const shown = known?.models.map(shownOf) ?? (denied ? list.data : undefined);

  if (!shown) {
    if (admin.error && !denied) {
      return <Failure error={admin.error} onRetry={() => void admin.refetch()} />;
    }
    if (denied && list.error) {
      return <Failure error={list.error} onRetry={() => void list.refetch()} />;
    }
    if (denied && key.kind === 'none') {
      return (
        <>
          <KeyOnly error={admin.error} />
          <ModelKeyForm refused={key.refused} />
        </>
      );
    }
    return <Spin style={{ display: 'block', margin: '96px auto' }} aria-label={shell.loading} />;
  }
  const adminOf = new Map(known?.models.map((one) => [one.model, one]));
  return (
    <>
      <div className={styles.bar}>
        <Summary shown={shown} memory={known?.memory} />
        {denied && <ModelKeyNote />}
        <Button icon={<InboxOutlined />} onClick={() => setFetching('import')}>{t.import}</Button>
        <Button type="primary" icon={<CloudDownloadOutlined />} onClick={() => setFetching('pull')}>
          {t.pullTitle}
        </Button>
      </div>
      {denied && <KeyOnly error={admin.error} />}
      <TaskList />
      {shown.length === 0 ? <NoModels onPull={() => setFetching('pull')} /> : (
        <ul className={styles.grid}>
          {shown.map((model) => (
            <li key={model.name}>
              <ModelCard model={model} admin={adminOf.get(model.name)} />
            </li>
          ))}
        </ul>
      )}
      {fetching && <FetchDialog kind={fetching} onClose={() => setFetching(undefined)} />}
    </>
  );
}
