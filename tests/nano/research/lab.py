import math,random,time,sys,json,torch,torch.nn.functional as F
from corpus import *
import os
H,L,NH,FF=[int(x) for x in os.environ.get("SHAPE","96,4,3,256").split(",")]; HD=H//NH; EPS=1e-5; THETA=10000.
torch.set_num_threads(int(os.environ.get("NT","1")))
def init(seed,h=H,l=L,ff=FF):
    g=torch.Generator().manual_seed(seed); n=lambda *s,std=.02:torch.randn(*s,generator=g)*std
    p={"model.embed_tokens.weight":n(len(VOC),h,std=.05),"model.norm.weight":torch.ones(h)}
    for i in range(l):
        k=f"model.layers.{i}."
        for m in "qkvo": p[k+f"self_attn.{m}_proj.weight"]=n(h,h,std=h**-.5*(1 if m!="o" else (2*l)**-.5))
        p[k+"mlp.gate_proj.weight"]=n(ff,h,std=h**-.5);p[k+"mlp.up_proj.weight"]=n(ff,h,std=h**-.5);p[k+"mlp.down_proj.weight"]=n(h,ff,std=ff**-.5*(2*l)**-.5)
        p[k+"input_layernorm.weight"]=torch.ones(h);p[k+"post_attention_layernorm.weight"]=torch.ones(h)
    return p
_T=torch.arange(128).float()[:,None]*(THETA**(-torch.arange(0,HD,2).float()/HD))[None]
COS,SIN=torch.cat([_T.cos()]*2,-1),torch.cat([_T.sin()]*2,-1)
def rope(x,s):
    T=x.shape[2]; c,d=COS[s:s+T],SIN[s:s+T]
    return x*c+torch.cat([-x[...,HD//2:],x[...,:HD//2]],-1)*d
rms=lambda x,w:F.rms_norm(x,(x.shape[-1],),w,EPS)
def fwd(p,ids,cache=None,last=False):
    x=F.embedding(ids,p["model.embed_tokens.weight"]); B,T=ids.shape; l=sum(k.endswith("q_proj.weight") for k in p)
    s=0 if not cache else cache[0][0].shape[2]
    new=[]
    for i in range(l):
        k=f"model.layers.{i}."; h=rms(x,p[k+"input_layernorm.weight"])
        q,kk,v=[F.linear(h,p[k+f"self_attn.{m}_proj.weight"]).view(B,T,-1,HD).transpose(1,2) for m in "qkv"]
        q,kk=rope(q,s),rope(kk,s)
        if cache is not None:
            if cache: kk,v=torch.cat([cache[i][0],kk],2),torch.cat([cache[i][1],v],2)
            new.append((kk,v))
        a=F.scaled_dot_product_attention(q,kk,v,is_causal=T>1)
        x=x+F.linear(a.transpose(1,2).reshape(B,T,-1),p[k+"self_attn.o_proj.weight"])
        h=rms(x,p[k+"post_attention_layernorm.weight"])
        x=x+F.linear(F.silu(F.linear(h,p[k+"mlp.gate_proj.weight"]))*F.linear(h,p[k+"mlp.up_proj.weight"]),p[k+"mlp.down_proj.weight"])
    if last: x=x[:,-1:]
    x=rms(x,p["model.norm.weight"]); o=F.linear(x,p["model.embed_tokens.weight"])
    return o if cache is None else (o,new)
BOS,EOS=1,2
def enc(ws): return [ID[w] for w in ws]
# examples: (tokens, mask of targets) ; loss on everything but masked
LQ=float(os.environ.get('LQ','.2'))
def ex(q,a,mask_at=None,loss_q=True):
    t=[BOS]+enc(q)+enc(a)+[EOS]; m=[1.0 if (not q or i>len(q)) else LQ for i in range(len(t))]
    if mask_at is not None: m[1+len(q)+mask_at]=0.
    return t,m
def batches(sample,r,tokens,pool=1024):
    while True:
        P=sorted((sample(r) for _ in range(pool)),key=lambda e:len(e[0])); out=[];i=0
        while i<len(P):
            j=i
            while j<len(P) and len(P[j][0])*(j-i+1)<=tokens: j+=1
            B=P[i:j]; n=max(len(b[0]) for b in B); ids=torch.zeros(len(B),n,dtype=torch.long); m=torch.zeros(len(B),n)
            for k,(t,w) in enumerate(B): ids[k,:len(t)]=torch.tensor(t); m[k,:len(t)]=torch.tensor(w)
            out.append((ids,m)); i=j
        out=out[:-1]; r.shuffle(out); yield from out
class Muon:
    def __init__(self,ms,lr,weight_decay=0.,mom=.95):
        self.wd,self.mom=weight_decay,mom; self.param_groups=[dict(lr=lr)]; by={}
        for v in ms: by.setdefault(tuple(v.shape),[]).append(v)
        self.by=by; self.buf={k:torch.zeros(len(v),*k) for k,v in by.items()}
    @torch.no_grad()
    def step(self):
        lr=self.param_groups[0]["lr"]
        for s,vs in self.by.items():
            g=torch.stack([v.grad for v in vs]); b=self.buf[s]; b.lerp_(g,1-self.mom); u=g.lerp(b,self.mom)
            t=s[0]>s[1]
            x=u.transpose(1,2) if t else u
            x=x/(x.norm(dim=(1,2),keepdim=True)+1e-7)
            for _ in range(5):
                A=x@x.transpose(1,2); x=3.4445*x+(-4.7750*A+2.0315*A@A)@x
            if t: x=x.transpose(1,2)
            k=lr*max(1,s[0]/s[1])**.5
            for v,w in zip(vs,x): v.mul_(1-lr*self.wd).sub_(w,alpha=k)
def train(p0,sample,steps,lr,seed,tokens=3000,freeze=(),anchor=0.,wd=.0,warm=50,log=200,b2=.98,muon=0.,evals=None):
    p={k:v.clone().requires_grad_(not any(f in k for f in freeze)) for k,v in p0.items()}
    ps=[v for v in p.values() if v.requires_grad]; opt=torch.optim.AdamW(ps,lr=lr,betas=(.9,b2),weight_decay=wd,fused=True)
    mu=None
    if muon:
        ms=[v for k,v in p.items() if v.requires_grad and v.ndim==2 and "layers" in k]; ids_=set(map(id,ms))
        opt=torch.optim.AdamW([v for v in ps if id(v) not in ids_],lr=lr,betas=(.9,b2),weight_decay=wd,fused=True)
        mu=Muon(ms,muon,wd)
    r=random.Random(seed); t0=time.time(); acc=0
    for s,(ids,m) in zip(range(steps),batches(sample,r,tokens)):
        f=min(1,(s+1)/warm)*(.5+.5*math.cos(math.pi*s/steps))*.95+.05*min(1,(s+1)/warm)
        for g in opt.param_groups: g["lr"]=lr*f
        if mu:
            for g in mu.param_groups: g['lr']=muon*f
        o=fwd(p,ids[:,:-1]); ce=F.cross_entropy(o.flatten(0,1),ids[:,1:].flatten(),reduction="none"); w=m[:,1:].flatten()
        loss=(ce*w).sum()/w.sum()
        if anchor: loss=loss+anchor*sum(((v-p0[k])**2).sum() for k,v in p.items() if v.requires_grad)
        [v.__setattr__('grad',None) for v in ps]; loss.backward(); torch.nn.utils.clip_grad_norm_(ps,1.); opt.step(); (mu.step() if mu else None); acc+=loss.item()
        if (s+1)%log==0: print(f"  {s+1} loss {acc/log:.3f} {time.time()-t0:.0f}s",flush=True); acc=0
        if evals and (s+1)%evals==0:
            with torch.no_grad(): print('   comp ja/en',compscore(p,ja_comp,60),compscore(p,en_comp,60))
    return {k:v.detach() for k,v in p.items()}
@torch.inference_mode()
def generate(p,prompts,n=14):
    out=[None]*len(prompts); groups={}
    for i,q in enumerate(prompts): groups.setdefault(len(q),[]).append(i)
    for idx in groups.values():
        ids=torch.tensor([prompts[i] for i in idx]); o,c=fwd(p,ids,cache=[],last=True); seq=[]
        done=torch.zeros(len(idx),dtype=torch.bool)
        for _ in range(n):
            t=o[:,-1].argmax(-1); seq.append(t); done|=t==EOS
            if done.all(): break
            o,c=fwd(p,t[:,None],cache=c)
        seq=torch.stack(seq,1).tolist()
        for i,s in zip(idx,seq): out[i]=[VOC[t] for t in (s[:s.index(EOS)] if EOS in s else s)]
    return out
JAW=set("。 答え は です 個 冊 本 枚 匹 さん を".split())
def right(p,o):
    """last number right in a sentence of the language"""
    ns=[i for i,w in enumerate(o) if w.isdigit()]
    if not ns or o[ns[-1]]!=str(p["ans"]): return False
    words=[w for w in o if not w.isdigit() and w not in "+-="]
    ja=[w for w in words if not w.isascii()]
    if p["lang"]=="ja": return len(ja)>=3 and len(ja)==len(words) and o[-1]=="。"
    return len(ja)==0 and len(words)>=3
def score(p,items,fast=False):
    o=(generate_left if fast else generate)(p,[[BOS]+enc(x["q"]) for x in items]); return [right(x,y) for x,y in zip(items,o)],o
def eqright(x,o): return o[:4]==solution(x)[0][:4] or (x["op"]=="+" and o[:4]==[str(x["b"]),"+",str(x["a"]),"="])
@torch.inference_mode()
def result_acc(p,items):
    """given the right expression in context, is the next token the sum"""
    groups={}; ok=0
    for x in items: groups.setdefault(len(x["q"]),[]).append(x)
    for g in groups.values():
        o=fwd(p,torch.tensor([[BOS]+enc(x["q"]+solution(x)[0][:4]) for x in g]))[:,-1].argmax(-1)
        ok+=sum(VOC[t]==str(x["ans"]) for t,x in zip(o.tolist(),g))
    return ok/len(items)
def compscore(p,f,n=200,seed=77):
    r=random.Random(seed); xs=[f(r) for _ in range(n)]; o=generate(p,[[BOS]+enc(q) for q,a in xs]); return sum(y==a for y,(q,a) in zip(o,xs))/n
def items(f,n,seed): r=random.Random(seed); return [f(r,KINDS[i%len(KINDS)]) for i in range(n)]
DEVJ=items(ja_problem,400,9001); DEVE=items(en_problem,200,9002)
def report(p,name):
    sj,oj=score(p,DEVJ); se,oe=score(p,DEVE)
    d=dict(ja=sum(sj)/len(sj),ja_eq=sum(eqright(x,o) for x,o in zip(DEVJ,oj))/len(oj),ja_res=result_acc(p,DEVJ),en=sum(se)/len(se),en_res=result_acc(p,DEVE),cja=compscore(p,ja_comp),cen=compscore(p,en_comp))
    print(f"{name:22s}"," ".join(f"{k} {100*v:5.1f}" for k,v in d.items()),"|"," ".join(oj[0]),"|"," ".join(oj[3])[:60],flush=True); return d
def add(b,*pairs): return {k:b[k]+sum(w*(p[k]-b[k]) for w,p in pairs) for k in b}
# mixtures
def mix(*parts):
    w=[x for x,_ in parts]; fs=[f for _,f in parts]
    return lambda r: r.choices(fs,w)[0](r)
def t_story(f): return lambda r: ex([],f(r))
def t_qa(f): return lambda r: ex(*f(r))
def t_drill(lang,right): return lambda r: ex(*drill(r,lang,right))
def t_bare(right,mask=False):
    def f(r):
        q,a=drill(r,"ja",right); return ex([],a[:5]+["。"] if r.random()<.5 else a[:5]+["."])
    return f
def t_count(r): return ex([],count(r))
def t_en_problem(r): x=en_problem(r); return ex(x["q"],solution(x)[0])
def t_ja_problem(r):
    x=ja_problem(r); a,i=solution(x,r.randint(0,TOP)); return ex(x["q"],a,mask_at=i)
BASE=mix((3,t_story(ja_story)),(3,t_story(en_story)),(4,t_qa(ja_comp)),(4,t_qa(en_comp)),(1,t_drill("ja",False)),(1,t_drill("en",False)),(1,t_bare(False)),(1,t_count))
MATH=mix((6,t_en_problem),(2,t_drill("en",True)),(2,t_bare(True)))
JA=mix((3,t_ja_problem),(1,t_qa(ja_comp)))

def masked_drill(lang):
    def f(r):
        q,a=drill(r,lang,False); return ex(q,a,mask_at=4)
    return f
def masked_bare(r):
    q,a=drill(r,"ja",False); a=a[:5]+[r.choice("。.")]; return ex([],a,mask_at=4)
REPLAY=[(3,t_story(ja_story)),(3,t_story(en_story)),(4,t_qa(ja_comp)),(4,t_qa(en_comp)),(2,masked_drill("ja"))]
def with_replay(parts,share):
    n=sum(w for w,_ in parts); m=sum(w for w,_ in REPLAY)
    return mix(*[(w/n*(1-share),f) for w,f in parts],*[(w/m*share,f) for w,f in REPLAY])
MATHP=[(6,t_en_problem),(2,t_drill("en",True)),(2,t_bare(True))]
JAP=[(3,t_ja_problem),(1,t_qa(ja_comp))]

@torch.inference_mode()
def generate_left(p,prompts,n=13):
    """left-padded batch in one go; RoPE is relative, so only the mask matters"""
    T=max(map(len,prompts)); B=len(prompts); ids=torch.zeros(B,T,dtype=torch.long); pad=torch.ones(B,T,dtype=torch.bool)
    for i,q in enumerate(prompts): ids[i,T-len(q):]=torch.tensor(q); pad[i,T-len(q):]=False
    l=sum(k.endswith("q_proj.weight") for k in p); emb=p["model.embed_tokens.weight"]
    K=torch.empty(l,B,NH,T+n,HD); V=torch.empty(l,B,NH,T+n,HD); out=[]; done=torch.zeros(B,dtype=torch.bool)
    causal=torch.ones(T,T,dtype=torch.bool).tril()
    m0=(causal[None]&~pad[:,None,:]); m0[:,torch.arange(T),torch.arange(T)]=True
    s=0; mask=m0[:,None]
    for step in range(n):
        t=ids.shape[1]; x=F.embedding(ids,emb)
        for i in range(l):
            k=f"model.layers.{i}."; h=rms(x,p[k+"input_layernorm.weight"])
            q,kk,v=[F.linear(h,p[k+f"self_attn.{c}_proj.weight"]).view(B,t,-1,HD).transpose(1,2) for c in "qkv"]
            q=rope(q,s); K[i,:,:,s:s+t]=rope(kk,s); V[i,:,:,s:s+t]=v
            a=F.scaled_dot_product_attention(q,K[i,:,:,:s+t],V[i,:,:,:s+t],attn_mask=mask)
            x=x+F.linear(a.transpose(1,2).reshape(B,t,-1),p[k+"self_attn.o_proj.weight"])
            h=rms(x,p[k+"post_attention_layernorm.weight"])
            x=x+F.linear(F.silu(F.linear(h,p[k+"mlp.gate_proj.weight"]))*F.linear(h,p[k+"mlp.up_proj.weight"]),p[k+"mlp.down_proj.weight"])
        y=F.linear(rms(x[:,-1],p["model.norm.weight"]),emb).argmax(-1); out.append(y); done|=y==EOS
        if done.all(): break
        s+=t; ids=y[:,None]; pad=torch.cat([pad,torch.zeros(B,1,dtype=torch.bool)],1); mask=(~pad)[:,None,None,:]
    o=torch.stack(out,1).tolist()
    return [[VOC[t] for t in (r[:r.index(EOS)] if EOS in r else r)] for r in o]
