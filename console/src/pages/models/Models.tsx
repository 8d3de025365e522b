// The models of this server: what everybody with a key sees, and what only the operator does.
import { CloudDownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Spin, theme } from 'antd';
import { useState } from 'react';
import { lakeside, type ModelHealth } from '../../api/lakeside';
import { type Model, models } from '../../api/models';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { text as shellText } from '../../app/messages';
import { useSession } from '../../app/useSession';
import { Command } from '../../components/Command';
import { Failure } from '../../components/Failure';
import { ModelKeyForm, ModelKeyNote } from '../../components/modelKey/ModelKey';
import { useModelKey } from '../../components/modelKey/useModelKey';
import { ImportDialog, ImportList } from './ImportModel';
import { text } from './messages';
import { ModelCard } from './ModelCard';
import styles from './Models.module.css';
import { speedOf } from './speeds';

const EACH_MS = 3_000;

// The list of a key, or the operator's where there is no key.
function join(listed: Model[] | undefined, health: ModelHealth[] | undefined): Model[] | undefined {
  return listed ?? health?.map(({ name, state }) => ({ name, state }));
}

function useModels() {
  const { state, version } = useModelKey();
  const often = { refetchInterval: EACH_MS };
  const list = useQuery({
    queryKey: ['models', 'list', version], enabled: state.kind === 'ready', ...often,
    queryFn: ({ signal }) => models.list({ signal }),
  });
  const health = useQuery({
    queryKey: ['models', 'health'], ...often, retry: false,
    queryFn: async ({ signal }) => (await lakeside.health({ signal })).models ?? null,
  });
  // Who sees the models' health may see the metrics.
  const metrics = useQuery({
    queryKey: ['models', 'metrics'], enabled: !!health.data, ...often, retry: false,
    queryFn: ({ signal }) => lakeside.metrics({ signal }),
  });
  return { key: state, list, health, metrics };
}

function Summary({ shown, health }: { shown: Model[]; health?: ModelHealth[] | null }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { bytes } = useFormat();
  const loaded = shown.filter(({ state }) => state === 'loaded');
  const weights = health?.filter(({ state }) => state === 'loaded')
    .reduce((sum, one) => sum + one.bytes, 0);
  return (
    <p className={styles.summary} style={{ color: token.colorTextSecondary }}>
      {t.summary(shown.length, loaded.length)}
      {weights ? ` · ${t.memory(bytes(weights))}` : ''}
    </p>
  );
}

function NoModels() {
  const t = useText(text);
  return (
    <div className={styles.empty}>
      <h2>{t.none}</h2>
      <p>{t.pullHow}</p>
      <Command text="lakeside models pull Qwen/Qwen3-0.6B-GGUF" />
    </div>
  );
}

export default function Models() {
  const t = useText(text);
  const shell = useText(shellText);
  const account = useSession();
  const { key, list, health, metrics } = useModels();
  const [importing, setImporting] = useState(false);
  const shown = join(list.data, health.data ?? undefined);
  const failed = list.error ?? (key.kind === 'none' ? undefined : health.error);

  if (!shown) {
    if (failed) return <Failure error={failed} onRetry={() => void list.refetch()} />;
    if (key.kind === 'none' && !health.isPending) return <ModelKeyForm refused={key.refused} />;
    return <Spin style={{ display: 'block', margin: '96px auto' }} aria-label={shell.loading} />;
  }
  const healthOf = new Map(health.data?.map((one) => [one.name, one]));
  return (
    <>
      <div className={styles.bar}>
        <Summary shown={shown} health={health.data} />
        <ModelKeyNote />
        {account?.identity.kind === 'root' && (
          <Button icon={<CloudDownloadOutlined />} onClick={() => setImporting(true)}>{t.import}</Button>
        )}
      </div>
      <ImportList />
      {list.error && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {shown.length === 0 ? <NoModels /> : (
        <ul className={styles.grid}>
          {shown.map((model) => (
            <li key={model.name}>
              <ModelCard model={model} health={healthOf.get(model.name)}
                speed={metrics.data && speedOf(metrics.data, model.name)} />
            </li>
          ))}
        </ul>
      )}
      <ImportDialog open={importing} onClose={() => setImporting(false)} />
    </>
  );
}
