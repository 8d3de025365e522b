import { QRCode } from 'antd';
import { useText } from '../../app/text';
import { Command } from '../../components/Command';
import { text } from './messages';

export default function BindDevice({ seed, serial }: { seed: string; serial: string }) {
  const t = useText(text);
  const name = encodeURIComponent(`Lakeside:${serial.slice(serial.lastIndexOf('/') + 1)}`);
  return (
    <div style={{ marginBottom: 20 }}>
      <p>{t.bind}</p>
      <QRCode type="svg" value={`otpauth://totp/${name}?secret=${seed}&issuer=Lakeside`} size={180}
        color="#000" bgColor="#fff" aria-label={t.bindQr} style={{ margin: '0 auto 12px' }} />
      <Command text={seed} />
    </div>
  );
}
