(* Optimistic admission with restart finishes every request: the highest-ranked that is left runs
   alone if need be, and is never evicted, since what is evicted is the lowest-ranked. *)
From mathcomp Require Import all_ssreflect.
From kvcr.util Require Import arithmetic.
From kvcr.behavior Require Import request schedule.
From kvcr.policy Require Import restart.
From kvcr.analysis Require Import restart_invariants.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.

Section Termination.
Variables (M P : nat) (order : seq request).
Hypothesis requests_valid : valid P order.
Hypothesis P_le_M : P <= M.
Notation n := (size order).
Notation s i := (prompt (req order i)).
Notation o i := (output (req order i)).
Notation running t := (state M order t).1.
Notation waiting t := (state M order t).2.
Notation left t := (left M order t).

Let position t i : i \in left t -> i < n.
Proof. by move=> hi; have [_ /(_ _ hi)] := left_sorted M order t; rewrite mem_iota. Qed.

(* Nobody leaves but by finishing. *)
Lemma leaves t i : i \in left t -> i \notin left t.+1 ->
  exists b, (b, i) \in running t /\ t.+1 = b + o i.
Proof.
move=> hi; rewrite left_step /= mem_cat negb_or => /andP[gone stay].
move: hi; rewrite /restart.left mem_cat (negbTE stay) orbF => /mapP[[b i'] xt /= e].
rewrite {i}e in gone stay *; exists b; split=> //; apply/eqP; rewrite eqn_leq.
have /andP[_ /= ->] := running_when requests_valid xt.
rewrite leqNgt; apply: contra gone => more; apply/mapP; exists (b, i') => //.
by rewrite mem_filter /= more.
Qed.

(* The highest-ranked that is left runs. *)
Lemma head_runs t j rest : left t = j :: rest -> exists b r, running t = (b, j) :: r.
Proof.
move=> e; have jn : j < n by apply: (@position t); rewrite e inE eqxx.
case er : (running t) => [|[b i] r]; last first.
  by move: e; rewrite /restart.left er => -[-> _]; exists b, r.
have := running_step M order t; rewrite er => /esym.
have := queue_split M order t; have -> : waiting t = j :: rest by move: e; rewrite /restart.left er.
move=> split_q; case ek : (kept M order t) => [|//] /=.
case en : (new M order t) split_q => [|//] split_q.
have fit : s j + 1 <= M.
  have := valid_peak requests_valid jn; have := valid_output requests_valid jn.
  by move: P_le_M; clear; slia.
by move: en; rewrite /new split_q ek /tokens_after /= subn0 fit.
Qed.

(* ... and goes on until it finishes. *)
Lemma head_goes_on t b j r : running t = (b, j) :: r -> j \in left t.+1 ->
  (b, j) \in running t.+1.
Proof.
move=> er; rewrite left_step mem_cat => /orP[/mapP[[b' j'] yu jj]|hw]; last first.
  have hw' : j \in waiting t := hw.
  by have := left_uniq M order t; rewrite /restart.left er /= mem_cat hw' orbT.
have yr : (b', j') \in running t by move: yu; rewrite mem_filter => /andP[].
have xr : (b, j) \in running t by rewrite er inE eqxx.
have e : (b', j') = (b, j) by apply: (running_unique yr xr).
move: yu; rewrite e mem_filter => /andP[more _]; rewrite running_step mem_cat; apply/orP; left.
rewrite /kept /unfinished -[previous _ _ _]/(state M order t) er /retire /= more /=.
have -> : next_tokens order t.+1 (b, j) <= M; last by rewrite inE eqxx.
have jn : j < n by apply: (running_position xr).
apply: leq_trans P_le_M; apply: leq_trans (valid_peak requests_valid jn).
by move: more; rewrite /next_tokens /= leq_add2l leq_subLR.
Qed.

(* A sorted list without anything below j begins with j. *)
Lemma sorted_begins (l : seq nat) j : sorted ltn l -> j \in l -> (forall i, i < j -> i \notin l) ->
  exists rest, l = j :: rest.
Proof.
case: l => // h l st jl none; exists l; congr (_ :: _); apply/eqP; rewrite eqn_leq.
rewrite (sorted_head (a := [::]) st jl) leqNgt; apply/negP => hj.
by have := none h hj; rewrite inE eqxx.
Qed.

Lemma all_leave j : j <= n -> exists t, forall i, i < j -> i \notin left t.
Proof.
elim: j => [|j IH] jn; first by exists 0.
have [T none] := IH (ltnW jn); exists (T + o j) => i; rewrite ltnS leq_eqVlt => /orP[/eqP->|ij].
  apply/negP => last; have stays u : u <= T + o j -> j \in left u.
    by move=> /left_shrinks; apply.
  have first u : T <= u <= T + o j -> exists rest, left u = j :: rest.
    move=> /andP[Tu uT]; have [st _] := left_sorted M order u.
    apply: sorted_begins => //; first exact: stays.
    by move=> i' /none; apply: contra; apply: left_shrinks.
  have [rest0 e0] : exists rest, left T = j :: rest by apply: first; rewrite leqnn leq_addr.
  have [b [r0 er0]] := head_runs e0.
  have run0 : (b, j) \in running T by rewrite er0 inE eqxx.
  have /andP[/= bT _] := running_when requests_valid run0.
  have goes d : d <= o j -> (b, j) \in running (T + d).
    elim: d => [|d IHd] hd; first by rewrite addn0 er0 inE eqxx.
    have run := IHd (ltnW hd).
    have [rest e] : exists rest, left (T + d) = j :: rest.
      by apply: first; rewrite leq_addr leq_add2l ltnW.
    have [b' [r er]] := head_runs e.
    have bb : (b', j) = (b, j).
      by apply: (running_unique _ run) => //; rewrite er inE eqxx.
    rewrite addnS -bb; apply: (head_goes_on er); rewrite -addnS; apply: stays.
    by rewrite leq_add2l.
  have /andP[_ /=] := running_when requests_valid (goes _ (leqnn _)).
  by rewrite ltn_add2r ltnNge bT.
by apply: contra (none i ij); apply: left_shrinks; apply: leq_addr.
Qed.

Theorem restart_finishes : exists p, final_starts M order p.
Proof.
have [T none] := all_leave (leqnn n).
have each (j : 'I_n) : exists b, exists T, (b, val j) \in running T /\ T.+1 = b + o j.
  have ex : exists t, val j \notin left t by exists T; apply: none; apply: ltn_ord.
  case: (ex_minnP ex) => -[|t] gone min.
    by move: gone; rewrite left_step /= mem_iota add0n ltn_ord.
  have here : val j \in left t by apply/negPn/negP => /min; rewrite ltnn.
  by have [b hb] := leaves here gone; exists b, t.
have [u hu] := fin_all_exists each.
exists (fun j => oapp u 0 (insub j)) => j jn.
by rewrite insubT /=; apply: (hu (Ordinal jn)).
Qed.
End Termination.
