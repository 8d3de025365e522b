// The account's rules for passwords.
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Form, InputNumber } from 'antd';
import { type PasswordPolicy, ram } from '../../../api/ram';
import { useText } from '../../../app/text';
import { text as common } from '../messages';
import { Section } from '../parts/Section';
import { useChange } from '../parts/useChange';
import styles from '../parts/people.module.css';
import { text as messages } from './messages';

export default function Passwords() {
  const t = useText(messages);
  const c = useText(common);
  const query = useQuery({
    queryKey: ['people', 'password policy'], queryFn: ({ signal }) => ram.getPasswordPolicy({ signal }),
  });
  const save = useChange(ram.setPasswordPolicy, { done: c.saved });
  const number = (name: keyof PasswordPolicy, label: string, min: number, max: number) => (
    <Form.Item name={name} label={label}><InputNumber min={min} max={max} precision={0} /></Form.Item>
  );
  const flag = (name: keyof PasswordPolicy, label: string) => (
    <div><Form.Item name={name} valuePropName="checked" noStyle><Checkbox>{label}</Checkbox></Form.Item></div>
  );
  return (
    <div className={styles.narrow}>
      <Section title={t.passwordPolicy} query={query} failed={save.error}>
        <Form layout="vertical" initialValues={query.data}
          onFinish={(policy: PasswordPolicy) => save.mutate(policy)}>
          {number('MinimumPasswordLength', t.minLength, 8, 32)}
          <Form.Item>
            {flag('RequireLowercaseCharacters', t.lower)}
            {flag('RequireUppercaseCharacters', t.upper)}
            {flag('RequireNumbers', t.digits)}
            {flag('RequireSymbols', t.symbols)}
          </Form.Item>
          {number('MaxPasswordAge', t.maxAge, 0, 1095)}
          <Form.Item>{flag('HardExpiry', t.hardExpiry)}</Form.Item>
          {number('PasswordReusePrevention', t.reuse, 0, 24)}
          {number('MaxLoginAttemps', t.attempts, 0, 32)}
          <Button type="primary" htmlType="submit" loading={save.isPending}>{c.save}</Button>
        </Form>
      </Section>
    </div>
  );
}
