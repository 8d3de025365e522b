// The uploads, in a corner of every page.
import {
  CaretRightOutlined, CheckCircleFilled, ClearOutlined, CloseOutlined, DownOutlined, PauseOutlined,
  UpOutlined,
} from '@ant-design/icons';
import { Button, Modal, Progress, theme } from 'antd';
import { useState, useSyncExternalStore } from 'react';
import { useFormat } from '../app/format';
import { useText } from '../app/text';
import { ApiError } from '../api/errors';
import { Failure } from '../components/Failure';
import { VirtualRows } from '../components/VirtualRows';
import { text } from './messages';
import styles from './Panel.module.css';
import { uploads } from './store';
import type { Upload } from './upload';

const ROW = 56;

const percent = (sent: number, size: number) => (size === 0 ? 0 : Math.floor((sent / size) * 100));

function Row({ upload, onWhy }: { upload: Upload; onWhy: (error: unknown) => void }) {
  const t = useText(text);
  const format = useFormat();
  const { token } = theme.useToken();
  const { state, file } = upload;
  const why = upload.conflict ? t.exists
    : upload.error instanceof Error ? `${t.failed}: ${upload.error.message}` : t[state];
  const name = upload.key.slice(upload.key.lastIndexOf('/') + 1);
  const colour = state === 'failed' ? token.colorError : token.colorTextDescription;
  return (
    <div className={styles.row}>
      <div className={styles.text}>
        <div className={styles.name} title={`${upload.bucket}/${upload.key}`}><bdi>{name}</bdi></div>
        <div className={styles.state} style={{ color: colour }} title={why}>
          {`${format.bytes(file.size)} · ${why}`}
        </div>
      </div>
      {state === 'done' ? <CheckCircleFilled style={{ color: token.colorSuccess }} /> : (
        <span className={styles.percent}>{`${percent(upload.sent, file.size)}%`}</span>
      )}
      {upload.active && (
        <Button size="small" type="text" aria-label={`${t.pause} ${name}`} icon={<PauseOutlined />}
          onClick={() => upload.pause()} />
      )}
      {state === 'paused' && (
        <Button size="small" type="text" aria-label={`${t.resume} ${name}`}
          icon={<CaretRightOutlined />} onClick={() => uploads.retry(upload)} />
      )}
      {state === 'failed' && !upload.conflict && upload.error instanceof ApiError && (
        <Button size="small" type="link" aria-label={`${t.why} ${name}`} onClick={() => onWhy(upload.error)}>
          {t.why}
        </Button>
      )}
      {state === 'failed' && (
        <Button size="small" onClick={() => uploads.retry(upload, upload.conflict || upload.overwrite)}>
          {upload.conflict ? t.replace : t.retry}
        </Button>
      )}
      {state !== 'done' && (
        <Button size="small" type="text" aria-label={`${t.cancel} ${name}`} icon={<CloseOutlined />}
          onClick={() => uploads.cancel(upload)} />
      )}
    </div>
  );
}

function summary(list: readonly Upload[]) {
  let sent = 0;
  let size = 0;
  let done = 0;
  for (const upload of list) {
    size += upload.file.size;
    sent += upload.sent;
    if (upload.state === 'done') ++done;
  }
  return { sent, size, done };
}

export default function Panel() {
  const t = useText(text);
  const { token } = theme.useToken();
  const list = useSyncExternalStore(uploads.subscribe, uploads.get);
  const [folded, setFolded] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  if (list.length === 0) return null;
  const { sent, size, done } = summary(list);
  const active = list.some((upload) => upload.active);
  const paused = list.some(({ state }) => state === 'paused');
  const conflicts = list.filter((upload) => upload.state === 'failed' && upload.conflict);
  const ended = !active && !paused;
  return (
    <section className={styles.panel} aria-label={t.title}
      style={{ background: token.colorBgElevated, boxShadow: token.boxShadowSecondary,
        borderColor: token.colorBorderSecondary }}>
      <header className={styles.header}>
        <div className={styles.text}>
          <strong>{t.title}</strong>
          <div className={styles.state} style={{ color: token.colorTextDescription }} aria-live="polite">
            {t.progress(done, list.length)}
          </div>
        </div>
        {conflicts.length > 1 && (
          <Button size="small" onClick={() => conflicts.forEach((u) => uploads.retry(u, true))}>
            {t.replaceAll}
          </Button>
        )}
        {active && <Button type="text" aria-label={t.pauseAll} title={t.pauseAll}
          icon={<PauseOutlined />} onClick={() => uploads.pauseAll()} />}
        {paused && <Button type="text" aria-label={t.resumeAll} title={t.resumeAll}
          icon={<CaretRightOutlined />} onClick={() => uploads.resumeAll()} />}
        <Button type="text" aria-label={folded ? t.unfold : t.fold}
          icon={folded ? <UpOutlined /> : <DownOutlined />} onClick={() => setFolded(!folded)} />
        {ended && <Button type="text" aria-label={t.clear} title={t.clear} icon={<ClearOutlined />}
          onClick={() => uploads.clear()} />}
      </header>
      <Progress percent={size === 0 ? (done / list.length) * 100 : percent(sent, size)} size="small"
        showInfo={false} aria-label={t.title} className={styles.bar}
        status={conflicts.length > 0 ? 'exception' : undefined} />
      {!folded && (
        <VirtualRows role="list" label={t.title} count={list.length} rowHeight={ROW}
          height={Math.min(list.length, 5) * ROW} row={(index) => <Row upload={list[index]!} onWhy={setFailure} />} />
      )}
      <Modal open={failure !== undefined} onCancel={() => setFailure(undefined)} footer={null} title={t.whyTitle}>
        {failure !== undefined && <Failure error={failure} />}
      </Modal>
    </section>
  );
}
