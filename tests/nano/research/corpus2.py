"""Research corpus: token lists. Numbers 0..20 single tokens."""
import random
TOP=20
JN="田中 佐藤 鈴木 高橋 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田".split()
EN="Tom Mary John Anna Ben Lucy Sam Kate Paul Emma Jack Rose".split()
JO=[x.split(":") for x in "りんご:個 みかん:個 卵:個 石:個 本:冊 ノート:冊 雑誌:冊 鉛筆:本 花:本 傘:本 紙:枚 切手:枚 皿:枚 魚:匹 犬:匹 虫:匹".split()]
EO="apples oranges eggs stones books notebooks magazines pencils flowers umbrellas papers stamps plates fish dogs bugs".split()
def nums(r,op):
    while True:
        a,b=r.randint(1,TOP),r.randint(1,TOP)
        if op=="+" and a+b<=TOP: return a,b
        if op=="-" and a>b: return a,b
# kind -> (op, reversed mention?, template). tokens split by space
JP={
 "get":("+","{N} さん は {O} を {a} {c} 持って います 。 {b} {c} もらい ました 。 全部 で 何 {c} です か 。"),
 "buy":("+","{N} さん は {O} を {a} {c} 買い ました 。 あと で {b} {c} 買い ました 。 全部 で 何 {c} です か 。"),
 "both":("+","{N} さん は {O} を {a} {c} 、 {M} さん は {b} {c} 持って います 。 合わせて 何 {c} です か 。"),
 "more":("+","{N} さん は {O} を {a} {c} 持って います 。 {M} さん は {N} さん より {b} {c} 多く 持って います 。 {M} さん の {O} は 何 {c} です か 。"),
 "give":("-","{N} さん は {O} を {a} {c} 持って います 。 {M} さん に {b} {c} あげ ました 。 残り は 何 {c} です か 。"),
 "lose":("-","{N} さん は {O} を {a} {c} 買い ました 。 {b} {c} なくし ました 。 残り は 何 {c} です か 。"),
 "less":("-","{N} さん は {O} を {a} {c} 持って います 。 {M} さん は {N} さん より {b} {c} 少なく 持って います 。 {M} さん の {O} は 何 {c} です か 。"),
 "first":("-","{N} さん は {O} を {b} {c} もらい ました 。 今 {a} {c} あり ます 。 初め は 何 {c} でした か 。"),
}
EP={
 "get":("+","{N} has {a} {O} . then {N} gets {b} . how many {O} in all ?"),
 "buy":("+","{N} bought {a} {O} . later {N} bought {b} . how many {O} in all ?"),
 "both":("+","{N} has {a} {O} and {M} has {b} . how many {O} together ?"),
 "more":("+","{N} has {a} {O} . {M} has {b} more than {N} . how many {O} does {M} have ?"),
 "give":("-","{N} has {a} {O} . then {N} gives {b} to {M} . how many {O} are left ?"),
 "lose":("-","{N} bought {a} {O} . then {N} lost {b} . how many {O} are left ?"),
 "less":("-","{N} has {a} {O} . {M} has {b} fewer than {N} . how many {O} does {M} have ?"),
 "first":("-","{N} gets {b} {O} . now {N} has {a} . how many {O} at first ?"),
}
KINDS=list(JP)
def val(a,b,op): return a+b if op=="+" else a-b
def ja_problem(r,kind=None):
    kind=kind or r.choice(KINDS); op,t=JP[kind]; a,b=nums(r,op); N,M=r.sample(JN,2); O,c=r.choice(JO)
    q=t.format(N=N,M=M,O=O,a=a,b=b,c=c).split()
    return dict(lang="ja",kind=kind,op=op,a=a,b=b,c=c,O=O,q=["問題","："]+q+["答え","："],ans=val(a,b,op))
def en_problem(r,kind=None):
    kind=kind or r.choice(KINDS); op,t=EP[kind]; a,b=nums(r,op); N,M=r.sample(EN,2); O=r.choice(EO)
    q=t.format(N=N,M=M,O=O,a=a,b=b).split()
    return dict(lang="en",kind=kind,op=op,a=a,b=b,c=None,O=O,q=["question",":"]+q+["answer",":"],ans=val(a,b,op))
def solution(p,result=None):
    """tokens, index of the result after '='."""
    x=str(p["ans"] if result is None else result)
    eq=[str(p["a"]),p["op"],str(p["b"]),"=",x]
    if p["lang"]=="ja": return eq+["。","答え","は",x,p["c"],"です","。"],4
    return eq+[".","the","answer","is",x,p["O"],"."],4
# --- base texts
def ja_facts(r):
    N,M=r.sample(JN,2); (O,c),(P,d)=r.sample(JO,2); a,b=r.randint(1,TOP),r.randint(1,TOP)
    v=r.choice(["持って います","買い ました","もらい ました","なくし ました"]); w=r.choice(["持って います","買い ました","もらい ました","なくし ました"])
    s=f"{N} さん は {O} を {a} {c} {v} 。 {M} さん は {P} を {b} {d} {w} 。"
    return s,(N,O,a,c,v),(M,P,b,d,w)
JQ={"持って います":"持って います か","買い ました":"買い ました か","もらい ました":"もらい ました か","なくし ました":"なくし ました か"}
def ja_comp(r):
    s,x,y=ja_facts(r); N,O,a,c,v=r.choice([x,y]); k=r.randint(0,2)
    if k==0: q=f"{N} さん は {O} を 何 {c} {JQ[v]} 。"
    elif k==1: q=f"{N} さん は 何 を {JQ[v]} 。"
    else: q=f"{O} を {JQ[v]} 誰 です か 。" if False else f"誰 が {O} を {JQ[v]} 。"
    an=f"{N} さん は {O} を {a} {c} {v} 。" if k<2 else f"{N} さん が {O} を {v} 。"
    return ["問題","："]+s.split()+q.split()+["答え","："],an.split()
EV={"has":"have","bought":"buy","gets":"get","lost":"lose"}
def en_facts(r):
    N,M=r.sample(EN,2); O,P=r.sample(EO,2); a,b=r.randint(1,TOP),r.randint(1,TOP); v,w=r.choice(list(EV)),r.choice(list(EV))
    return f"{N} {v} {a} {O} . {M} {w} {b} {P} .",(N,O,a,v),(M,P,b,w)
def en_comp(r):
    s,x,y=en_facts(r); N,O,a,v=r.choice([x,y]); k=r.randint(0,2)
    if k==0: q=f"how many {O} does {N} {EV[v]} ?"
    elif k==1: q=f"what does {N} {EV[v]} ?"
    else: q=f"who {v} {O} ?"
    an=f"{N} {v} {a} {O} ." if k<2 else f"{N} {v} {O} ."
    return ["question",":"]+s.split()+q.split()+["answer",":"],an.split()
def ja_story(r):
    """narrative without a question"""
    p=ja_problem(r); a,b=r.randint(1,TOP),r.randint(1,TOP)
    t=JP[p["kind"]][1].split("。")[:-2]
    N,M=r.sample(JN,2); O,c=r.choice(JO)
    return (("。".join(t)+"。").format(N=N,M=M,O=O,a=a,b=b,c=c)).split()
def en_story(r):
    k=r.choice(KINDS); a,b=r.randint(1,TOP),r.randint(1,TOP); N,M=r.sample(EN,2); O=r.choice(EO)
    t=EP[k][1].split(" how many")[0]
    return t.format(N=N,M=M,O=O,a=a,b=b).split()
def drill(r,lang,right,tail=True):
    op=r.choice("+-"); a,b=nums(r,op); x=val(a,b,op) if right else r.randint(0,TOP)
    eq=[str(a),op,str(b),"=",str(x)]
    if lang=="ja":
        O,c=r.choice(JO); return ["問題","：",str(a),op,str(b),"答え","："],eq+["。","答え","は",str(x),"です","。"]
    O=r.choice(EO); return ["question",":",str(a),op,str(b),"answer",":"],eq+[".","the","answer","is",str(x),"."]
def drill2(r,lang):
    op=r.choice(["max","min"]); a,b=r.randint(0,TOP),r.randint(0,TOP); x=max(a,b) if op=="max" else min(a,b)
    eq=[str(a),op,str(b),"=",str(x)]
    if lang=="ja": return ["問題","：",str(a),op,str(b),"答え","："],eq+["。","答え","は",str(x),"です","。"]
    return ["question",":",str(a),op,str(b),"answer",":"],eq+[".","the","answer","is",str(x),"."]
def count(r):
    a=r.randint(0,TOP-4); n=r.randint(3,8); xs=list(range(a,min(TOP,a+n)+1))
    if r.random()<.5: xs=xs[::-1]
    return [str(x) for x in xs]
def vocab():
    w=[str(i) for i in range(TOP+1)]+["+","-","=","max","min"]
    r=random.Random(0)
    s=set()
    for _ in range(4000):
        for d in (ja_problem(r),en_problem(r)): s|=set(d["q"])|set(solution(d)[0])
        for f in (ja_comp,en_comp): q,a=f(r); s|=set(q)|set(a)
        s|=set(ja_story(r))|set(en_story(r))
    return ["<pad>","<bos>","<eos>","<unk>"]+w+sorted(s-set(w))
VOC=vocab(); ID={w:i for i,w in enumerate(VOC)}
if __name__=="__main__":
    print(len(VOC)); r=random.Random(1)
    for k in KINDS: p=ja_problem(r,k); print(" ".join(p["q"]+solution(p)[0])); p=en_problem(r,k); print(" ".join(p["q"]+solution(p)[0]))
    for f in (ja_comp,en_comp): print(f(r))
    print(ja_story(r),en_story(r),drill(r,"ja",False),count(r))
