from tests.house.test_leaks import *
def test_near():
    import types
    from collections import Counter
    ts=[types.SimpleNamespace(number=n, c=c) for n,c in enumerate(product(STATES,(BARE,ANSWERED),(PUBLIC,MEMBERS),("opening","reply")))]
    sel=[t for t in ts if __import__("tests.house.test_leaks",fromlist=["x"])._stands_for_its_like(t)]
    for t in sel: print(t.number, [str(x) for x in t.c])
