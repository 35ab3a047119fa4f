import { useState } from 'react';
import { claims } from '../api/actions';
import type { Schemas } from '../api/client';
import { useClaim, useList } from '../api/lists';
import { money, parseMajor } from '../lib/money';
import { Link, pageOf } from '../lib/router';
import { carrierWord, groundWords, spell, stateWord } from '../lib/words';
import { Why } from '../parts/because';
import { Block, Empty, Fact, IdLink, Lines, State, Trouble } from '../parts/bits';
import { Choice, Dialog, Form, Text, textOf } from '../parts/dialog';
import { type Filter, Filters, Views } from '../parts/filters';
import { At, Countdown, When } from '../parts/now';
import { type Column, Table } from '../parts/table';
import { useAct } from '../parts/undo';

type Claim = Schemas['Claim'];

const groundWord = (ground: string) => groundWords[ground] ?? spell(ground);
const states = [
  'draft',
  'submitted',
  'under_review',
  'waiting_on_documents',
  'paid',
  'closed',
  'eligible',
  'evidence_ready',
  'queued',
  'filed',
  'acknowledged',
  'info_requested',
  'partial',
  'escalated',
  'denied_final',
  'credited',
  'short_credited',
  'reconciled',
  'written_off',
  'reversed',
  'lapsed',
  'approved',
  'denied',
  'withdrawn',
];
const filters: Filter[] = [
  { name: 'side', options: ['customer', 'carrier', 'insurer'] },
  { name: 'state', options: states, words: stateWord },
  { name: 'ground', options: Object.keys(groundWords), words: groundWord },
  { name: 'carrier' },
  { name: 'since', day: true },
];

const columns: Column<Claim>[] = [
  {
    id: 'text',
    header: 'Claim',
    cell: (row) => (
      <Link to={pageOf(row.id)}>
        {groundWord(row.ground)}, {money(row.amount)}
      </Link>
    ),
    value: (row) => `${row.ground} ${money(row.amount)}`,
  },
  {
    id: 'deadline',
    header: 'Deadline',
    cell: (row) => <Countdown at={row.deadline} />,
    value: (row) => row.deadline,
    sort: ['deadline'],
  },
  {
    id: 'state',
    header: 'State',
    cell: (row) => <State value={row.state} />,
    value: (row) => row.state,
  },
  { id: 'side', header: 'Asked of', cell: (row) => sideWord(row), value: (row) => row.side },
  {
    id: 'opens_at',
    header: 'Opens',
    cell: (row) => <When at={row.opens_at} />,
    value: (row) => row.opens_at,
  },
  {
    id: 'deadline_grade',
    header: 'Term',
    cell: (row) => row.deadline_grade && spell(row.deadline_grade),
    value: (row) => row.deadline_grade,
  },
  {
    id: 'case_number',
    header: 'Case',
    cell: (row) => row.case_number,
    value: (row) => row.case_number,
  },
  {
    id: 'incident',
    header: 'Incident',
    cell: (row) => <IdLink id={row.incident} />,
    value: (row) => row.incident,
  },
  {
    id: 'created_at',
    header: 'Made',
    cell: (row) => <When at={row.created_at} />,
    value: (row) => row.created_at,
    sort: ['-created_at'],
  },
  {
    id: 'id',
    header: 'Id',
    cell: (row) => <IdLink id={row.id} />,
    value: (row) => row.id,
    hidden: true,
  },
];

function sideWord(claim: Claim): string {
  if (claim.side === 'carrier') return claim.carrier ? carrierWord(claim.carrier) : 'Carrier';
  return claim.side === 'insurer' ? 'Insurer' : 'The shop, by the shopper';
}

export function Claims() {
  const list = useList('claim', [
    ...filters.map((filter) => filter.name),
    'order',
    'shipment',
    'incident',
    'until',
    'sort',
  ]);
  return (
    <div className="page wide">
      <header>
        <h1>Claims</h1>
      </header>
      <Views
        views={[
          ['Carriers, by deadline', '/claims?side=carrier&sort=deadline'],
          ['Shoppers', '/claims?side=customer'],
          ['Ready to file', '/claims?side=carrier&state=evidence_ready'],
          ['All', '/claims'],
        ]}
      />
      <Filters filters={filters} />
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : !list.isPending && list.rows.length === 0 ? (
        <Empty title={list.filtered ? 'No claim matches these filters' : 'No claim yet'}>
          {list.filtered
            ? 'Take a filter away, or choose All above.'
            : 'What a carrier or an insurer owes, and what a shopper asks of the shop, is queued here with the day it opens and the day it lapses.'}
        </Empty>
      ) : (
        <Table
          name="claims"
          label="Claims"
          columns={columns}
          rows={list.rows}
          rowId={(row) => row.id}
          to={(row) => pageOf(row.id)}
          more={list.more}
          loading={list.isPending}
          defaultSort="-created_at"
        />
      )}
    </div>
  );
}

type Step = 'file' | 'decision' | 'escalate' | 'withdraw' | 'writeOff';
const steps: [Step, string][] = [
  ['file', 'Record that it was filed'],
  ['decision', 'Record the answer'],
  ['escalate', 'Dispute'],
  ['withdraw', 'Withdraw'],
  ['writeOff', 'Write off'],
];

export function ClaimPage({ id }: { id: string }) {
  const { data, error, refetch } = useClaim(id);
  const [step, setStep] = useState<Step>();
  if (error && !data) {
    return (
      <div className="page">
        <h1>Claim {id}</h1>
        <Trouble error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!data) {
    return (
      <div className="page">
        <Lines count={10} />
      </div>
    );
  }
  return (
    <div className="page">
      <header>
        <p className="trail">
          <Link to="/claims">Claims</Link> / <span className="mono">{data.id}</span>
        </p>
        <h1>
          {data.text ??
            `${groundWord(data.ground)}: ${money(data.amount)} asked of ${sideWord(data)}`}
        </h1>
        <div className="actions">
          {steps.map(([name, word]) => (
            <button key={name} type="button" className="plain" onClick={() => setStep(name)}>
              {word}
            </button>
          ))}
        </div>
        <ClaimFacts claim={data} />
        <Why because={data.because} />
      </header>
      <ClaimHistory claim={data} />
      {step && <StepForm claim={data} step={step} close={() => setStep(undefined)} />}
    </div>
  );
}

function ClaimFacts({ claim }: { claim: Claim }) {
  return (
    <dl className="facts">
      <Fact name="State">
        <State value={claim.state} />
      </Fact>
      <Fact name="Asked">{money(claim.amount)}</Fact>
      <Fact name="Approved">{money(claim.approved)}</Fact>
      <Fact name="Credited">{money(claim.credited)}</Fact>
      <Fact name="Opens">{claim.opens_at && <At at={claim.opens_at} />}</Fact>
      <Fact name="Deadline">
        {claim.deadline && (
          <>
            <Countdown at={claim.deadline} />
            <br />
            <At at={claim.deadline} />
            {claim.deadline_grade === 'unverified' && (
              <>
                <br />
                <span className="warn">
                  The carrier’s term is not verified; check it before you rely on it.
                </span>
              </>
            )}
          </>
        )}
      </Fact>
      <Fact name="Filed">
        {claim.filed_by && `By ${claim.filed_by}${claim.method ? `, ${claim.method}` : ''}`}
      </Fact>
      <Fact name="Case number">{claim.case_number}</Fact>
      <Fact name="Evidence">
        {claim.evidence &&
          claim.evidence.length > 0 &&
          claim.evidence.map((each) => spell(each.name)).join(', ')}
      </Fact>
      <Fact name="Still wanted">
        {claim.missing && claim.missing.length > 0 && claim.missing.map(spell).join(', ')}
      </Fact>
      <Fact name="Incident">{claim.incident && <IdLink id={claim.incident} />}</Fact>
      <Fact name="Shipment">{claim.shipment && <IdLink id={claim.shipment} />}</Fact>
      <Fact name="Order">{claim.order && <IdLink id={claim.order} />}</Fact>
    </dl>
  );
}

function ClaimHistory({ claim }: { claim: Claim }) {
  if (!claim.history || claim.history.length === 0) return null;
  return (
    <Block title="How it went">
      {claim.history.map((each) => (
        <div key={each.at + each.state} style={{ padding: '4px 0' }}>
          <State value={each.state} />{' '}
          <span className="quiet">
            <At at={each.at} />
            {each.by && `, by ${each.by}`}
          </span>
          {each.text && <p>{each.text}</p>}
          <Why because={each.because} />
        </div>
      ))}
    </Block>
  );
}

const decisions: [string, string][] = [
  ['acknowledged', 'They have it'],
  ['info_requested', 'They want more'],
  ['approved', 'Approved'],
  ['partial', 'Approved in part'],
  ['denied', 'Denied'],
  ['credited', 'Credited'],
  ['paid', 'Paid to the shopper'],
];

function StepForm({ claim, step, close }: { claim: Claim; step: Step; close: () => void }) {
  const act = useAct();
  const [wrong, setWrong] = useState<string>();
  const word = steps.find(([name]) => name === step)?.[1] ?? '';
  const submit = (values: FormData) => {
    const reason = textOf(values, 'reason');
    if (step === 'file') {
      const body = { filed_by: textOf(values, 'filed_by'), method: textOf(values, 'method') };
      const case_number = textOf(values, 'case_number');
      const proof = textOf(values, 'proof');
      act(
        word,
        claims.file(claim.id, {
          ...body,
          ...(case_number && { case_number }),
          ...(proof && { proof }),
        }),
      );
    } else if (step === 'decision') {
      const typed = textOf(values, 'amount');
      const currency = claim.amount.currency;
      const amount = typed ? parseMajor(typed, currency) : undefined;
      if (typed && amount === undefined) {
        setWrong(`${typed} is not an amount of ${currency}.`);
        return;
      }
      const decision = textOf(values, 'decision') as Parameters<
        typeof claims.decision
      >[1]['decision'];
      const body = {
        decision,
        ...(amount !== undefined && { amount: { amount, currency } }),
        ...(reason && { reason }),
      };
      act(word, claims.decision(claim.id, body), true);
    } else {
      act(`${word} ${money(claim.amount)}`, claims[step](claim.id, reason), true);
    }
    close();
  };
  return (
    <Dialog title={word} close={close}>
      <Form
        label={word}
        close={close}
        submit={submit}
        effect={step === 'writeOff' ? `Gives up ${money(claim.amount)} for good.` : undefined}
      >
        {step === 'file' && (
          <>
            <Text name="filed_by" label="Filed by" required />
            <Text name="method" label="How: portal, api, e-mail, post" value="portal" required />
            <Text name="case_number" label="Case number" />
            <Text name="proof" label="What shows it" />
          </>
        )}
        {step === 'decision' && (
          <>
            <Choice name="decision" label="Their answer" options={decisions} value="approved" />
            <Text name="amount" label={`Amount in ${claim.amount.currency}, if they named one`} />
            <Text name="reason" label="Their reason" />
          </>
        )}
        {step !== 'file' && step !== 'decision' && <Text name="reason" label="Why" long required />}
        {wrong && (
          <p className="bad" role="alert">
            {wrong}
          </p>
        )}
      </Form>
    </Dialog>
  );
}
