import { Segmented } from 'antd';
import { useState } from 'react';
import { useText } from '../../app/text';
import { KeyForm } from './KeyForm';
import { text } from './messages';
import { UserForm } from './UserForm';

export function SignInForm() {
  const t = useText(text);
  const [kind, setKind] = useState<'key' | 'user'>('key');
  return (
    <>
      <Segmented block value={kind} onChange={setKind} style={{ marginBottom: 20 }} options={[
        { value: 'key', label: t.withKey }, { value: 'user', label: t.asUser },
      ]} />
      {kind === 'key' ? <KeyForm /> : <UserForm />}
    </>
  );
}
