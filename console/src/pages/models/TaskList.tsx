import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Card, Progress, theme } from 'antd';
import { useState } from 'react';
import { isUnderWay, modelAdmin, type ModelTask } from '../../api/modelAdmin';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import styles from './Models.module.css';
import { dismiss, follow, useTasks } from './tasks';

// A pull that failed or was stopped is begun again, and goes on where it was.
function again(task: ModelTask): Promise<ModelTask> {
  const { type, source, model, file, hub } = task;
  return type === 'Pull' ? modelAdmin.pull({ source, model, file, hub }) : modelAdmin.importObject(source, model);
}

function Row({ task }: { task: ModelTask }) {
  const t = useText(text);
  const { token } = theme.useToken();
  const { bytes } = useFormat();
  const queries = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const { status, bytesDone: done, bytesTotal: total } = task;
  const name = task.model ?? task.source;
  const percent = status === 'SUCCEEDED' ? 100 : total > 0 ? Math.floor((100 * done) / total) : 0;
  const look = status === 'SUCCEEDED' ? 'success' : status === 'FAILED' ? 'exception' : 'normal';
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
    await queries.invalidateQueries({ queryKey: ['models', 'tasks'] });
  };
  const retry = () => run(async () => {
    follow([(await again(task)).taskId]);
    dismiss(task.taskId);
  });
  return (
    <Card size="small">
      <div className={styles.task}>
        <div>
          <div>{status === 'SUCCEEDED' ? t.arrived(name) : t.fetching_(name)}</div>
          <Progress percent={percent} status={look} aria-label={t.fetching_(name)} />
        </div>
        <span style={{ color: token.colorTextSecondary }}>
          {status === 'PENDING' ? t.pending : status === 'CANCELED' ? t.stopped
            : total > 0 && t.of(bytes(done), bytes(total))}
        </span>
        {isUnderWay(task) ? (
          <Button loading={busy} onClick={() => run(() => modelAdmin.cancel(task.taskId))}>{t.cancel}</Button>
        ) : (
          <span className={styles.buttons}>
            {status !== 'SUCCEEDED' && <Button loading={busy} onClick={retry}>{t.again}</Button>}
            <Button onClick={() => dismiss(task.taskId)}>{t.dismiss}</Button>
          </span>
        )}
      </div>
      {status === 'RUNNING' && task.message && (
        <small style={{ color: token.colorTextSecondary }}>{task.message}</small>
      )}
      {status === 'FAILED' && (
        <Alert type="error" showIcon title={t.failed}
          description={`${task.errorMessage ?? ''} (${task.errorCode ?? ''})`} />
      )}
      {error !== undefined && <Failure error={error} />}
    </Card>
  );
}

export function TaskList() {
  const t = useText(text);
  const tasks = useTasks();
  if (tasks.length === 0) return null;
  return (
    <ul className={styles.tasks} aria-label={t.tasks}>
      {tasks.map((task) => <li key={task.taskId}><Row task={task} /></li>)}
    </ul>
  );
}
