from search import *
b,m,j=[torch.load(f) for f in sys.argv[2:5]]; tag=sys.argv[1]
its=items(ja_problem,120,5001)
for how in sys.argv[5].split(","):
    t=time.time(); best,x,mean,h=search(b,[m,j],its,int(sys.argv[6]),0,how=how,x0=float(sys.argv[7]) if len(sys.argv)>7 else .5,verbose=False)
    print(how,"best",best,[round(v,2) for v in h],time.time()-t,"\n",np.round(x,2),flush=True)
    report(build(b,[m,j],x,how),"best"); report(build(b,[m,j],mean,how),"mean")
