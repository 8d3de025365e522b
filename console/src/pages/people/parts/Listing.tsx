// A table with a search and a button for a new one.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Table, type TableColumnsType } from 'antd';
import { type ReactNode, useState } from 'react';
import { useText } from '../../../app/text';
import { Failure } from '../../../components/Failure';
import { text as messages } from '../messages';
import styles from './people.module.css';

interface Props<T> {
  query: { data: T[] | undefined; isPending: boolean; error: unknown; refetch: () => unknown };
  columns: TableColumnsType<T>;
  keyOf: (row: T) => string;
  searched: (row: T) => string; // what the search looks at
  search: string; // its label
  empty: ReactNode;
  create?: { label: string; onClick: () => void };
  more?: ReactNode; // beside the search
}

export function Listing<T extends object>(props: Props<T>) {
  const { query, columns, keyOf, searched, search, empty, create, more } = props;
  const t = useText(messages);
  const [wanted, setWanted] = useState('');
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = query.data?.filter((row) => {
    const text = searched(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <div className={styles.stack}>
      <div className={styles.row}>
        <Input.Search className={styles.search} allowClear value={wanted} aria-label={search}
          placeholder={search} onChange={(event) => setWanted(event.target.value)} />
        {more}
        <span className={styles.grow} />
        {create && (
          <Button type="primary" icon={<PlusOutlined />} onClick={create.onClick}>{create.label}</Button>
        )}
      </div>
      <Table<T> dataSource={rows} columns={columns} rowKey={keyOf} loading={query.isPending}
        size="middle" scroll={{ x: 'max-content' }}
        locale={{ emptyText: query.data?.length ? t.nothingFound : empty }}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} />
    </div>
  );
}
