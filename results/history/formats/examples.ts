/**
 * Short texts in the formats of other tools, for tests: our own wording of what their files look like.
 */

export const jepsenExample = `{:type :invoke, :f :write, :value [3 1], :process 0, :time 10, :index 0}
{:type :invoke, :f :read, :value [3 nil], :process 1, :time 12, :index 1}
{:type :info, :f :start-partition, :value [:a "a"], :process :nemesis, :time 13, :index 2}
{:type :ok, :f :write, :value [3 1], :process 0, :time 15, :index 3, :node "n2"}
{:type :ok, :f :read, :value [3 9007199254740993], :process 1, :time 18, :index 4}
#jepsen.history.Op{:type :invoke, :f :cas, :value [4 [1 2]], :process 0, :time 19, :index 5, :extra #{:a}}
{:type :info, :f :cas, :value [4 [1 2]], :process 0, :time 30, :index 6, :error [:timeout "n1"]}
`;

export const porcupineExample = `{:process 0, :type :invoke, :f :append, :key "1", :value "x 0 0 y"}
{:process 1, :type :invoke, :f :get, :key "1", :value nil}
{:process 0, :type :ok, :f :append, :key "1", :value "x 0 0 y"}
{:process 1, :type :ok, :f :get, :key "1", :value ""}
`;

export const jepsenLogExample = `INFO  jepsen.core - Worker 0 starting
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 2\t:invoke\t:cas\t[3 0]
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 0\t:ok\t:read\t3
INFO  jepsen.util - 2\t:info\t:cas\t:timed-out
`;

/** The same, newer: its text log, and history.txt. */
export const jepsenTextExamples = [
  '2024-01-05 10:10:10,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:read\tnil\n' +
    '2024-01-05 10:10:10,125{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:ok\t:read\t[1 "x"]\n',
  '0\t:invoke\t:cas\t[3 0]\n:nemesis\t:info\t:start\tnil\n0\t:info\t:cas\t[3 0]\t:timed-out\n',
];

const nothing = { LeaseGrant: null, LeaseRevoke: null, Defragment: null, Compact: null };

/** A whole operation as etcd's robustness tests write it. */
export function etcdOperation(input: object, output: object, call: number, end: number, client = 0): string {
  const Input = { Range: null, Txn: null, ...nothing, ...input };
  const Output = {
    Txn: null,
    Range: null,
    ...nothing,
    ClientError: '',
    Revision: 0,
    Persisted: false,
    Error: '',
    ...output,
  };
  return `${JSON.stringify({ ClientId: client, Input, Call: call, Output, Return: end }, null, 2)}\n`;
}

export function etcdRange(Start: string, End = '', Revision = 0): object {
  return { Type: 'range', Range: { Start, End, Limit: 0, Revision } };
}

export function etcdPut(Key: string, value: string, LeaseID = 0): object {
  return { Type: 'put-operation', Range: {}, Put: { Key, Value: { Value: value }, LeaseID }, Delete: { Key: '' } };
}

export function etcdTxn(
  OperationsOnSuccess: object[],
  Conditions: object[] = [],
  OperationsOnFailure: object[] = [],
): object {
  return { Type: 'txn', Txn: { Conditions, OperationsOnSuccess, OperationsOnFailure } };
}

export const etcdExample = [
  etcdOperation(etcdTxn([etcdPut('k', '1')]), { Txn: { Failure: false, Results: [{}] }, Revision: 2 }, 10, 20, 1),
  etcdOperation(
    etcdRange('k'),
    { Range: { KVs: [{ Key: 'k', Value: { Value: '1' }, ModRevision: 2 }], Count: 1 }, Revision: 2 },
    15,
    30,
    2,
  ),
  etcdOperation(
    etcdTxn([etcdPut('k', '2')], [{ Key: 'k', ExpectedRevision: 2, ExpectedVersion: 0 }]),
    { Error: 'context deadline exceeded' },
    40,
    0,
    1,
  ),
].join('');
