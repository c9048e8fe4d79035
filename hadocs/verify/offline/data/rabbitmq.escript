%% rabbitmq.escript FILE: what RabbitMQ's own schemas find wrong in a rabbitmq.conf, a line each.
main([File]) ->
    [Home] = filelib:wildcard("/usr/lib/rabbitmq/lib/rabbitmq_server-*"),
    code:add_pathsa(filelib:wildcard(Home ++ "/plugins/*/ebin")),
    Schemas = filelib:wildcard(Home ++ "/plugins/*/priv/schema/*.schema"),
    Found = wrong(cuttlefish_schema:files(lists:sort(Schemas)), cuttlefish_conf:file(File)),
    [io:format("~ts~n", [cuttlefish_error:xlate(Error)]) || {error, Error} <- Found],
    halt(length(Found)).

wrong(_, {errorlist, Found}) ->
    Found;
wrong(Schema, Settings) ->
    case cuttlefish_generator:map(Schema, Settings) of
        {error, _, {errorlist, Found}} -> Found;
        _ -> []
    end.
