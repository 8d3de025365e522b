// What is in a bucket: folders and objects, any number of them.
import {
  DeleteOutlined, DownloadOutlined, FileOutlined, FolderAddOutlined, FolderFilled, GiftOutlined,
  MoreOutlined, ReloadOutlined, SettingOutlined, UploadOutlined,
} from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import {
  App, Breadcrumb, Button, Card, Checkbox, Dropdown, Empty, Grid, Input, Segmented, Space, Spin, theme,
} from 'antd';
import {
  type DragEvent, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore,
} from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router-dom';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { VirtualRows } from '../../components/VirtualRows';
import { chosenFiles, droppedFiles, MOST_FILES } from '../../uploads/files';
import { uploads } from '../../uploads/store';
import { download } from './actions';
import styles from './Browser.module.css';
import { BucketSettings } from './BucketSettings';
import { useDialogs } from './dialogs';
import { nameOf, ObjectListing, type Row } from './listing';
import { text } from './messages';
import { givePath, placeOf, shortName, visible } from './names';
import { type DrawerTab, ObjectDrawer } from './ObjectDrawer';

const ROW = 40;
const SEARCH_WAIT_MS = 250;

function useListing(bucket: string, prefix: string, flat: boolean, again: number) {
  const listing = useMemo(
    () => new ObjectListing(bucket, prefix, flat ? undefined : '/'),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [bucket, prefix, flat, again]);
  useEffect(() => {
    listing.start();
    return () => listing.stop();
  }, [listing]);
  useSyncExternalStore(listing.subscribe, listing.getVersion);
  // What was there is shown until what is there now has come.
  const before = useRef(listing);
  const waiting = listing.count === 0 && !listing.complete && !listing.error;
  const same = before.current.bucket === bucket && before.current.prefix === prefix &&
    before.current.flat === flat;
  if (!waiting || !same) before.current = listing;
  return before.current;
}

function useDelayed<T>(value: T, ms: number): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return delayed;
}

function Crumbs({ bucket, folder }: { bucket: string; folder: string }) {
  const t = useText(text);
  const parts = folder.split('/').slice(0, -1);
  const items = [
    { title: <Link to="/objects">{t.buckets}</Link> },
    { title: <Link to={placeOf(bucket)}>{bucket}</Link> },
    ...parts.map((part, i) => ({
      title: (
        <Link to={placeOf(bucket, parts.slice(0, i + 1).join('/') + '/')}>
          <bdi>{visible(part) || '/'}</bdi>
        </Link>
      ),
    })),
  ];
  return <Breadcrumb items={items} className={styles.crumbs} aria-label={t.path} />;
}

export function Browser() {
  const { bucket = '' } = useParams();
  const [query] = useSearchParams();
  const folder = query.get('prefix') ?? '';
  // Another folder: nothing is selected or searched for.
  return <Folder key={`${bucket}/${folder}`} bucket={bucket} folder={folder} />;
}

function Folder({ bucket, folder }: { bucket: string; folder: string }) {
  const t = useText(text);
  const format = useFormat();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { token } = theme.useToken();
  const { message } = App.useApp();
  const wide = Grid.useBreakpoint().lg ?? true;
  const [again, setAgain] = useState(0);
  const [search, setSearch] = useState('');
  const [flat, setFlat] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string>();
  const [tab, setTab] = useState<DrawerTab>('preview');
  const [settings, setSettings] = useState(false);
  const [dragging, setDragging] = useState(0);
  const filesInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);
  const prefix = folder + useDelayed(search, SEARCH_WAIT_MS);
  const listing = useListing(bucket, prefix, flat, again);

  const reload = useCallback(() => {
    setSelected(new Set());
    setAgain((n) => n + 1);
    void queries.invalidateQueries({ queryKey: ['oss', 'stat', bucket] });
  }, [bucket, queries]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = uploads.onFinished((where) => {
      if (where !== bucket) return;
      clearTimeout(timer);
      timer = setTimeout(() => setAgain((n) => n + 1), 500);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [bucket]);
  const dialogs = useDialogs({ bucket, folder, onDone: reload });

  const toggle = (name: string) => {
    const next = new Set(selected);
    if (!next.delete(name)) next.add(name);
    setSelected(next);
  };
  const allSelected = listing.count > 0 && selected.size === listing.count;
  const toggleAll = () => setSelected(new Set(allSelected ? [] : listing.held().map(nameOf)));

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setDragging(0);
    if (event.dataTransfer.types.includes('Files')) {
      const files = await droppedFiles(event.dataTransfer, folder);
      if (files.length === MOST_FILES) void message.warning(t.droppedMost(format.number(MOST_FILES)));
      uploads.add(bucket, files);
    }
  };
  const choose = (input: HTMLInputElement) => {
    if (input.files) uploads.add(bucket, chosenFiles(input.files, folder));
    input.value = '';
  };
  const tell = (work: Promise<unknown>) => work.catch((error: unknown) => dialogs.showError(error));

  const open = (name: string, first: DrawerTab = 'preview') => {
    setTab(first);
    setOpened(name);
  };
  const rowMenu = (name: string, isFolder: boolean) => [
    ...(isFolder ? [] : [
      { key: 'open', label: t.open, onClick: () => open(name) },
      { key: 'download', label: t.download, onClick: () => void tell(download(bucket, name)) },
      { key: 'share', label: t.share, onClick: () => open(name, 'share') },
    ]),
    { key: 'copy', label: t.copyTo, onClick: () => dialogs.copy([name], false) },
    { key: 'move', label: t.moveTo, onClick: () => dialogs.copy([name], true) },
    { key: 'rename', label: t.rename, onClick: () => dialogs.rename(name) },
    { type: 'divider' as const },
    { key: 'delete', label: t.delete, danger: true, onClick: () => dialogs.remove([name]) },
  ];

  const row = (index: number) => {
    const entry: Row | undefined = listing.row(index);
    if (!entry) return <div className={styles.blank} />;
    const name = nameOf(entry);
    const shown = shortName(name, flat ? '' : folder);
    const isFolder = entry.prefix !== undefined;
    return (
      <div className={styles.row} style={{
        borderColor: token.colorBorderSecondary,
        background: selected.has(name) ? token.controlItemBgActive : undefined,
      }}>
        <div role="cell" className={styles.check}>
          <Checkbox checked={selected.has(name)} onChange={() => toggle(name)}
            aria-label={t.select(shown)} />
        </div>
        <div role="cell" className={styles.name} title={visible(name)}>
          {isFolder ? <FolderFilled style={{ color: token.colorWarning }} aria-label={t.folder} />
            : <FileOutlined style={{ color: token.colorTextTertiary }} />}
          {isFolder ? (
            <Link to={placeOf(bucket, name)} className={styles.link}><bdi>{shown}</bdi></Link>
          ) : (
            <Button type="link" className={styles.link} onClick={() => open(name)}>
              <bdi className={styles.text}>{shown}</bdi>
            </Button>
          )}
        </div>
        <div role="cell" className={styles.size}>{entry.object && format.bytes(entry.object.size)}</div>
        {wide && <div role="cell" className={styles.time}>
          {entry.object && format.time(entry.object.modified)}
        </div>}
        <div role="cell" className={styles.more}>
          <Dropdown trigger={['click']} menu={{ items: rowMenu(name, isFolder) }}>
            <Button type="text" size="small" icon={<MoreOutlined />} aria-label={t.more(shown)} />
          </Dropdown>
        </div>
      </div>
    );
  };
  const header = (
    <div className={`${styles.row} ${styles.header}`} style={{ background: token.colorFillQuaternary,
      borderColor: token.colorBorderSecondary }}>
      <div role="columnheader" className={styles.check}>
        <Checkbox checked={allSelected} indeterminate={selected.size > 0 && !allSelected}
          disabled={!listing.whole || listing.count === 0} onChange={toggleAll} aria-label={t.selectAll} />
      </div>
      <div role="columnheader" className={styles.name}>{t.name}</div>
      <div role="columnheader" className={styles.size}>{t.size}</div>
      {wide && <div role="columnheader" className={styles.time}>{t.modified}</div>}
      <div role="columnheader" className={styles.more} aria-label={t.actions} />
    </div>
  );
  const names = [...selected];
  const files = names.filter((name) => !name.endsWith('/'));
  const nothing = listing.complete && listing.count === 0;
  const uploadMenu = [
    { key: 'files', label: t.uploadFiles, onClick: () => filesInput.current?.click() },
    { key: 'folder', label: t.uploadFolder, onClick: () => folderInput.current?.click() },
  ];

  return (
    <Card className={styles.card} styles={{ body: { padding: 0 } }}
      onDragEnter={(event) => {
        event.preventDefault();
        setDragging((n) => n + 1);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => setDragging((n) => Math.max(0, n - 1))}
      onDrop={(event) => void tell(drop(event))}>
      <div className={styles.bar}>
        <Crumbs bucket={bucket} folder={folder} />
        <Space>
          <Button icon={<SettingOutlined />} aria-label={t.settings} title={t.settings}
            onClick={() => setSettings(true)} />
          <Button icon={<ReloadOutlined />} aria-label={t.refresh} title={t.refresh} onClick={reload} />
          <Button icon={<FolderAddOutlined />} onClick={dialogs.newFolder}
            aria-label={t.newFolder} title={t.newFolder}>{wide && t.newFolder}</Button>
          <Button icon={<GiftOutlined />} aria-label={t.giveAccess} title={t.giveAccess}
            onClick={() => navigate(givePath(bucket, folder))}>{wide && t.giveAccess}</Button>
          <Dropdown trigger={['click']} menu={{ items: uploadMenu }}>
            <Button type="primary" icon={<UploadOutlined />}>{t.upload}</Button>
          </Dropdown>
        </Space>
      </div>
      <div className={styles.bar}>
        {selected.size > 0 ? (
          <Space wrap>
            <span aria-live="polite">{t.selected(selected.size)}</span>
            {files.length > 0 && files.length === names.length && (
              <Button size="small" icon={<DownloadOutlined />} onClick={() => void tell((async () => {
                for (const key of files) await download(bucket, key);
              })())}>{t.download}</Button>
            )}
            <Button size="small" onClick={() => dialogs.copy(names, false)}>{t.copyTo}</Button>
            <Button size="small" onClick={() => dialogs.copy(names, true)}>{t.moveTo}</Button>
            <Button size="small" danger icon={<DeleteOutlined />} onClick={() => dialogs.remove(names)}>
              {t.delete}
            </Button>
          </Space>
        ) : (
          <Space wrap>
            <Input placeholder={t.search} aria-label={t.searchLabel} allowClear value={search}
              onChange={(event) => setSearch(event.target.value)} style={{ width: 260 }} />
            <Segmented value={flat ? 'flat' : 'folders'} onChange={(value) => setFlat(value === 'flat')}
              options={[{ value: 'folders', label: t.folders }, { value: 'flat', label: t.flat }]} />
          </Space>
        )}
        <span className={styles.count} style={{ color: token.colorTextDescription }} aria-live="polite">
          {listing.complete ? t.countExact(listing.count, format.number(listing.count))
            : t.countMore(format.number(listing.count))}
        </span>
      </div>
      {Boolean(listing.error) && (
        <div className={styles.failure}><Failure error={listing.error} onRetry={listing.retry} /></div>
      )}
      <div className={styles.list}>
        {nothing ? (
          <Empty className={styles.empty} description={prefix !== folder ? t.noMatch
            : <><strong>{t.emptyFolder}</strong><br />{t.emptyFolderHint}</>} />
        ) : listing.count === 0 ? (!listing.error && <Spin className={styles.empty} />) : (
          <VirtualRows count={listing.count} rowHeight={ROW} row={row} label={t.objects} header={header}
            onRange={listing.need} resetKey={`${prefix}\n${flat}`} className={styles.rows} />
        )}
      </div>
      {dragging > 0 && (
        <div className={styles.drop} style={{ borderColor: token.colorPrimary,
          background: token.colorBgElevated, color: token.colorText }}>{t.dropHere}</div>
      )}
      <input ref={filesInput} type="file" multiple hidden aria-label={t.uploadFiles}
        data-testid="files" onChange={(event) => choose(event.target)} />
      <input ref={folderInput} type="file" hidden aria-label={t.uploadFolder}
        data-testid="folder" onChange={(event) => choose(event.target)}
        {...{ webkitdirectory: '' }} />
      <ObjectDrawer bucket={bucket} objectKey={opened} first={tab} onClose={() => setOpened(undefined)}
        onChanged={() => {
          void message.success(t.saved);
          reload();
        }} />
      <BucketSettings bucket={settings ? bucket : undefined} onClose={() => setSettings(false)} />
      {dialogs.element}
    </Card>
  );
}
