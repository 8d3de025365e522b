// Shows an object without ever letting it run: media by a link, documents in a sandbox, text as text.
import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Empty, Segmented, Skeleton } from 'antd';
import { Suspense, useState } from 'react';
import { type ObjectHead, oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { CsvTable } from './CsvTable';
import { decodeText } from './decode';
import { text } from './messages';
import { extension } from './names';
import type { ObjectPlace } from './ObjectDrawer';
import styles from './Preview.module.css';
import { lazyPart } from '../../app/patient';

const Markdown = lazyPart(() => import('./Markdown'));

const LINK_SECONDS = 3600;
const TEXT_BYTES = 512 * 1024;

type Kind = 'image' | 'video' | 'audio' | 'pdf' | 'html' | 'markdown' | 'json' | 'csv' | 'text' | 'none';

const BY_EXTENSION: Record<string, Kind> = {
  png: 'image', jpg: 'image', jpeg: 'image', gif: 'image', webp: 'image', avif: 'image', svg: 'image',
  bmp: 'image', ico: 'image', mp4: 'video', webm: 'video', mov: 'video', mp3: 'audio', wav: 'audio',
  ogg: 'audio', flac: 'audio', m4a: 'audio', pdf: 'pdf', html: 'html', htm: 'html', md: 'markdown',
  markdown: 'markdown', json: 'json', jsonl: 'text', csv: 'csv', tsv: 'csv', txt: 'text', log: 'text',
  xml: 'text', yaml: 'text', yml: 'text', toml: 'text', ini: 'text', js: 'text', ts: 'text', py: 'text',
  go: 'text', rs: 'text', c: 'text', h: 'text', cc: 'text', cpp: 'text', java: 'text', sh: 'text',
  sql: 'text', css: 'text',
};

export function kindOf(key: string, contentType: string): Kind {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const byName = BY_EXTENSION[extension(key)];
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'application/pdf') return 'pdf';
  if (type === 'text/markdown') return 'markdown';
  if (type === 'text/csv') return 'csv';
  if (type === 'application/json') return 'json';
  for (const media of ['image', 'video', 'audio'] as const) {
    if (type.startsWith(`${media}/`)) return media;
  }
  if (type.startsWith('text/')) return byName ?? 'text';
  return byName ?? 'none';
}

function useLink({ bucket, objectKey }: ObjectPlace, query: Record<string, string> = {}) {
  return useQuery({
    queryKey: ['oss', 'preview', bucket, objectKey, query],
    queryFn: () => oss.link(bucket, objectKey, LINK_SECONDS, query),
    gcTime: 0,
  });
}

function Media({ kind, ...place }: ObjectPlace & { kind: 'image' | 'video' | 'audio' }) {
  const t = useText(text);
  const link = useLink(place);
  const [broken, setBroken] = useState(false);
  if (link.error) return <Failure error={link.error} />;
  if (broken) return <Empty description={t.noPreview} />;
  if (!link.data) return <Skeleton active />;
  const shared = { src: link.data, className: styles.media, onError: () => setBroken(true) };
  if (kind === 'image') return <img alt={t.preview} {...shared} />;
  if (kind === 'video') return <video controls preload="metadata" aria-label={t.preview} {...shared} />;
  return <audio controls preload="metadata" aria-label={t.preview} {...shared} />;
}

function Pdf(place: ObjectPlace) {
  const t = useText(text);
  // Whatever it says it is, it is shown as a PDF.
  const link = useLink(place, { 'response-content-type': 'application/pdf' });
  if (!link.data) return <Skeleton active />;
  return <iframe src={link.data} title={t.preview} className={styles.frame} />;
}

function Rendered(place: ObjectPlace) {
  const t = useText(text);
  const link = useLink(place);
  if (!link.data) return <Skeleton active />;
  return (
    <>
      <Alert type="info" title={t.sandboxed} className={styles.note} />
      <iframe src={link.data} title={t.preview} sandbox="" className={styles.frame} />
    </>
  );
}

function pretty(source: string): string {
  try {
    return JSON.stringify(JSON.parse(source), null, 2);
  } catch {
    return source; // cut off, or none after all
  }
}

function Text({ kind, head, ...place }: ObjectPlace & { kind: Kind; head: ObjectHead }) {
  const t = useText(text);
  const format = useFormat();
  const { bucket, objectKey } = place;
  const { data, error } = useQuery({
    queryKey: ['oss', 'text', bucket, objectKey],
    queryFn: ({ signal }) => oss.getStart(bucket, objectKey, TEXT_BYTES, { signal }),
    gcTime: 0,
  });
  if (error) return <Failure error={error} />;
  if (!data) return <Skeleton active />;
  const source = decodeText(data);
  if (source === undefined) return <Empty description={t.notText} />;
  return (
    <>
      {head.size > TEXT_BYTES && (
        <Alert type="info" title={t.cutOff(format.bytes(TEXT_BYTES))} className={styles.note} />
      )}
      {kind === 'csv' ? <CsvTable source={source} tabs={extension(objectKey) === 'tsv'} />
        : kind === 'markdown' ? (
          <Suspense fallback={<Skeleton active />}><Markdown source={source} /></Suspense>
        ) : <pre className={styles.text} tabIndex={0}>{kind === 'json' ? pretty(source) : source}</pre>}
    </>
  );
}

function SourceOrRendered(props: ObjectPlace & { kind: Kind; head: ObjectHead }) {
  const t = useText(text);
  const [rendered, setRendered] = useState(props.kind !== 'html');
  const { kind, head, ...place } = props;
  const isMarkup = kind === 'html';
  return (
    <>
      <Segmented value={rendered ? 'rendered' : 'source'} className={styles.note}
        onChange={(value) => setRendered(value === 'rendered')}
        options={[{ value: 'source', label: t.source }, { value: 'rendered', label: t.rendered }]} />
      {rendered && isMarkup ? <Rendered {...place} />
        : <Text {...place} head={head} kind={rendered ? kind : 'text'} />}
    </>
  );
}

// Nothing says what it is: many a text has no name that tells.
function Unknown(props: ObjectPlace & { head: ObjectHead }) {
  const t = useText(text);
  const [asText, setAsText] = useState(false);
  if (asText) return <Text {...props} kind="text" />;
  return (
    <Empty description={t.noPreview}>
      <Button onClick={() => setAsText(true)}>{t.asText}</Button>
    </Empty>
  );
}

export function Preview({ head, ...place }: ObjectPlace & { head: ObjectHead }) {
  const kind = kindOf(place.objectKey, head.contentType);
  switch (kind) {
    case 'image':
    case 'video':
    case 'audio':
      return <Media {...place} kind={kind} />;
    case 'pdf':
      return <Pdf {...place} />;
    case 'html':
    case 'markdown':
    case 'csv':
    case 'json':
      return <SourceOrRendered {...place} head={head} kind={kind} />;
    case 'text':
      return <Text {...place} head={head} kind={kind} />;
    case 'none':
      return <Unknown {...place} head={head} />;
  }
}
