import { useQuery } from '@tanstack/react-query';
import { Alert, QRCode, Select, Skeleton, Space } from 'antd';
import { useState } from 'react';
import { oss } from '../../api/oss';
import { useFormat } from '../../app/format';
import { useText } from '../../app/text';
import { Command } from '../../components/Command';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import type { ObjectPlace } from './ObjectDrawer';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QR_MOST = 2_300; // characters

const isLocal = () => /^(localhost|127\.|\[::1\])/.test(location.hostname);

export function Share({ bucket, objectKey }: ObjectPlace) {
  const t = useText(text);
  const [seconds, setSeconds] = useState(HOUR);
  const { time } = useFormat();
  const link = useQuery({
    queryKey: ['oss', 'share', bucket, objectKey, seconds],
    queryFn: async () => {
      const asked = Date.now() + seconds * 1000;
      const { path, until } = await oss.share(bucket, objectKey, seconds);
      return { url: location.origin + path, until, short: until < asked - MINUTE * 1000 };
    },
    gcTime: 0,
    staleTime: Infinity, // each is a session of its own
  });
  const options = [
    { value: 10 * MINUTE, label: t.minutes(10) },
    { value: HOUR, label: t.hours(1) },
    { value: 12 * HOUR, label: t.hours(12) },
    { value: DAY, label: t.days(1) },
    { value: 7 * DAY, label: t.days(7) },
  ];
  if (link.error) return <Failure error={link.error} />;
  return (
    <Space orientation="vertical" size="middle" style={{ width: '100%' }}>
      <p style={{ margin: 0 }}>{t.shareText}</p>
      <label>
        <span style={{ marginInlineEnd: 8 }}>{t.expiry}</span>
        <Select value={seconds} options={options} onChange={setSeconds} aria-label={t.expiry}
          style={{ width: 160 }} />
      </label>
      {link.data?.short && <Alert type="info" showIcon title={t.sessionLimit(time(link.data.until))} />}
      {isLocal() && <Alert type="info" showIcon title={t.localOnly} />}
      {link.data === undefined ? <Skeleton active /> : (
        <>
          <Command text={link.data.url} />
          {link.data.url.length <= QR_MOST && (
            <QRCode type="svg" value={link.data.url} size={220} errorLevel="L" color="#000" bgColor="#fff"
              aria-label={t.qr} />
          )}
        </>
      )}
    </Space>
  );
}
